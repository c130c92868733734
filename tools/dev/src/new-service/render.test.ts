import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '@auth/contracts';
import { expect, it } from '@jest/globals';
import { repositoryRoot } from '../stack/services.ts';
import { renderService } from './render.ts';

const folder = join(repositoryRoot, 'tools/template');
const template = new Map(
  ['src', 'test'].flatMap((room) =>
    readdirSync(join(folder, room)).map((file) => {
      const path = `${room}/${file}`;
      return [path, readFileSync(join(folder, path), 'utf8')] as const;
    }),
  ),
);

it('renderService writes a callee with a dash in camel case wherever it is an identifier', () => {
  const call = { id: 'parcel-label:labels.read', callee: 'parcel-label', operation: operations['order:orders.read'] };
  const files = renderService(template, { name: 'shipping', calls: [call] });
  expect(files.get('test/harness.ts')).toContain('readonly parcelLabel: ConnectedCallee;');
  expect(files.get('test/harness.ts')).toContain('parcelLabel: await openConnectedCallee({');
  expect(files.get('test/harness.ts')).toContain(
    'parcelLabel: createParcelLabelClient(callees.parcelLabel.connection)',
  );
  expect(files.get('src/parcel-label-client.ts')).toContain('createParcelLabelClient');
  // A name with a dash is text or part of a path, never a key or a member.
  for (const text of files.values()) expect(text).not.toMatch(/^\s*(?:readonly )?parcel-label\b|\.parcel-label\b/m);
});
