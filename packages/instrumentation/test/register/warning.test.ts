import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { warn } from '../../dist/esm/register/warning.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

describe('a warning of register', () => {
  for (const [value, isHeard] of [
    [undefined, true],
    ['true', true],
    ['false', false],
    ['0', false],
    ['No ', false],
  ] as const) {
    it(`is ${isHeard ? '' : 'not '}said with CERBERUS_WARNINGS=${value ?? ''}`, async () => {
      const before = process.env['CERBERUS_WARNINGS'];
      const codes: unknown[] = [];
      const onWarning = (warning: Error & { code?: unknown }): void => void codes.push(warning.code);
      process.on('warning', onWarning);
      afterTest(() => {
        process.off('warning', onWarning);
        if (before === undefined) delete process.env['CERBERUS_WARNINGS'];
        else process.env['CERBERUS_WARNINGS'] = before;
      });
      if (value === undefined) delete process.env['CERBERUS_WARNINGS'];
      else process.env['CERBERUS_WARNINGS'] = value;
      warn('CERBERUS_WORKER', 'a text');
      await setImmediate();
      expect(codes).to.deep.equal(isHeard ? ['CERBERUS_WORKER'] : []);
    });
  }
});
