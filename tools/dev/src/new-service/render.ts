import type { OperationSpec } from '@auth/contracts';
import { serviceNames, servicePort } from '../stack/services.ts';
import type { PlannedCall, ServicePlan } from './plan.ts';
import { renderRegions } from './regions.ts';

/** The callee and the operation that the template calls: their names are replaced. */
const example = { callee: 'order', id: 'order:orders.read', route: 'GET /order/orders/:id', port: '4003' } as const;

const kinds = ['with calls', 'for each callee', 'for each call', 'for each read', 'read without a user'];

/** What the lines of a region are about. */
type Subject = { readonly callee?: string; readonly call?: PlannedCall };

/**
 * Renders the files of a service from those of the template, both by path from the folder of the app. Files of a client are
 * rendered for each callee; a file whose only regions are empty is left out when it is the test of calls.
 */
export function renderService(template: ReadonlyMap<string, string>, plan: ServicePlan): ReadonlyMap<string, string> {
  const callees = [...new Set(plan.calls.map(({ callee }) => callee))];
  const files = [...template].flatMap(([path, text]): readonly (readonly [string, string])[] => {
    if (path === 'src/contracts.ts') return [];
    if (path === 'test/calls.test.ts' && !plan.calls.some(isRead)) return [];
    if (!path.includes(`${example.callee}-client`)) return [[path, render(text, plan, {})]];
    return callees.map((callee) => [path.replace(example.callee, callee), render(text, plan, { callee })] as const);
  });
  return new Map(files);
}

function render(text: string, plan: ServicePlan, subject: Subject): string {
  const rendered = renderRegions<Subject>(text, subject, {
    kinds,
    region(kind, context, lines) {
      const calls = kind === 'for each read' ? plan.calls.filter(isRead) : plan.calls;
      if (kind === 'with calls') return plan.calls.length === 0 ? [] : lines(context);
      if (kind === 'read without a user') return context.call?.operation.user === 'none' ? lines(context) : [];
      if (kind !== 'for each callee') return calls.flatMap((call) => lines({ callee: call.callee, call }));
      return [...new Set(calls.map(({ callee }) => callee))].flatMap((callee) => lines({ callee }));
    },
    line: (line, { callee, call }) =>
      (call === undefined ? [line] : ofCall(line, call)).map((each) =>
        (callee === undefined ? each : ofCallee(each, callee)).replaceAll('\0', ''),
      ),
  });
  const named = rendered
    .replaceAll(/'(?:\.|\.\.\/src)\/contracts\.ts'/g, "'@auth/contracts'")
    .replaceAll(/\btemplate\b/g, plan.name);
  if (plan.calls.length === 0) return named.replaceAll(/, clients(?:: openClients\(config, service\))?/g, '');
  if (!named.includes('accessTokenOf(')) return named;
  return `import { accessTokenOf } from '@auth/verify/express';\n${named}`;
}

/** A line about a call of the template, about another call. A NUL keeps what is written here from `ofCallee`. */
function ofCall(line: string, { id, callee, operation }: PlannedCall): readonly string[] {
  const path = operation.path.replace('/internal', `/${callee}`);
  const input = operation.user === 'required' ? ['(input, req)', '{ ...input, accessToken: accessTokenOf(req) })'] : [];
  const text = line
    .replaceAll(example.id, shielded(id))
    .replaceAll(example.route, shielded(`${operation.method} ${path}`))
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template has a template string.
    .replaceAll('/order/orders/${id}', shielded(path.replaceAll(/:\w+/g, '${id}')))
    .replace('(input)', input[0] ?? '(input)')
    .replace('input)', (found) => (line.includes('(input)') ? found : (input[1] ?? found)));
  if (!/^\s*params: .*\.params,$/.test(line)) return [text];
  const parts = (['params', 'query', 'body'] as const).filter((part) => operation.request[part] !== undefined);
  return parts.map((part) => text.replaceAll('params', part));
}

/** Puts a NUL behind each letter, so that no name of the template is found in a text. */
const shielded = (text: string) => [...text].join('\0');

/** A line about the callee of the template, about another callee. */
function ofCallee(line: string, callee: string): string {
  const words = callee.split('-');
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  const port = servicePort(serviceNames.find((name) => name === callee) ?? 'gateway', 4000);
  return line
    .replaceAll(
      /\border(?=Url\b|: createOrder|: OrderClient|: ConnectedCallee|: await openConnectedCallee)|(?<=clients\.|callees\.)order\b/g,
      camel,
    )
    .replaceAll('ORDER', callee.toUpperCase().replaceAll('-', '_'))
    .replaceAll('createOrder', `create${pascal}`)
    .replaceAll('OrderClient', `${pascal}Client`)
    .replaceAll(example.port, String(port))
    .replaceAll(/\border\b/g, callee);
}

function isRead({ operation: { method, request } }: PlannedCall): boolean {
  const { params, ...others }: OperationSpec['request'] = request;
  return method === 'GET' && params !== undefined && Object.keys(others).length === 0;
}
