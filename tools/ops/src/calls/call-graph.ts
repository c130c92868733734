import type { OperationSpec } from '@auth/contracts';
import { type CallMap, userOf } from './call-map.ts';

/** The map as a Mermaid flowchart: an arrow per caller and operation; a shut door is a crossed line from nobody. */
export function callGraph({ services, operations }: CallMap): string {
  const all = Object.entries(operations);
  const shut = all.some(([, { callers }]) => callers.length === 0);
  return [
    'flowchart LR',
    ...services.map((service) => `  ${service}`),
    ...(shut ? ['  nobody([nobody])'] : []),
    ...all.flatMap(([id, operation]) => arrows(id, operation)),
  ].join('\n');
}

function arrows(id: string, operation: OperationSpec): string[] {
  const callee = id.slice(0, id.indexOf(':'));
  const label = operation.user === 'none' ? id : `${id}<br/>user ${userOf(operation)}`;
  if (operation.callers.length === 0) return [`  nobody -.-x|"${label}"| ${callee}`];
  return operation.callers.map((caller) => `  ${caller} -->|"${label}"| ${callee}`);
}
