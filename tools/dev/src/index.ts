export {
  ada,
  admin,
  contactOfAda,
  type DemoContact,
  type DemoProduct,
  type DemoUser,
  demoProducts,
  mug,
} from './demo/demo-data.ts';
export { LaunchError } from './stack/launch-error.ts';
export {
  type AppName,
  databaseNames,
  databaseSetting,
  perService,
  repositoryRoot,
  type Service,
  serviceNames,
  servicePort,
  services,
  serviceUrl,
} from './stack/services.ts';
export { readSettings, type Settings } from './stack/settings.ts';
export { type Stack, type StackOptions, startStack } from './stack/stack.ts';
export type { Say, Source } from './terminal/console.ts';
