import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { services } from '@auth/contracts';
import { inFolder } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { developmentReplicas } from './replicas.ts';

describe('developmentReplicas', () => {
  it('finds the admin port of each service and of the gateway from the base port', () =>
    inFolder(async (dir) => {
      await writeFile(join(dir, 'running.json'), '{"portBase":5000}');
      expect(await developmentReplicas(dir)).toEqual({
        gateway: ['http://127.0.0.1:5100'],
        ...Object.fromEntries(services.map((name, index) => [name, [`http://127.0.0.1:${5101 + index}`]])),
      });
    }));

  it.each(['', '{', 'null', '{"portBase":"5000"}'])('finds none when running.json is %j', (text) =>
    inFolder(async (dir) => {
      await writeFile(join(dir, 'running.json'), text);
      expect(await developmentReplicas(dir)).toEqual({});
    }),
  );

  it('finds none when no stack has run', () =>
    inFolder(async (dir) => {
      expect(await developmentReplicas(dir)).toEqual({});
    }));
});
