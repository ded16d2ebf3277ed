// The generated file has what otlp.proto has.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { file_otlp } from '../../../dist/receive/otlp/schema/otlp_pb.js';

const PROTO = fileURLToPath(new URL('../../../src/receive/otlp/schema/otlp.proto', import.meta.url));

describe('schema of OTLP', () => {
  it('is generated from otlp.proto as it is', () => {
    const text = readFileSync(PROTO, 'utf8').replaceAll(/\/\/.*/g, '');
    const messages = [...text.matchAll(/message (\w+) \{([\s\S]*?)\n\}/g)].map(([, name, body = '']) => [
      name,
      [...body.matchAll(/(\w+) = (\d+);/g)].map(([, field, number]) => [field, Number(number)]),
    ]);
    expect(messages).not.to.be.empty;
    const generated = file_otlp.messages.map(({ name, fields }) => [
      name,
      fields.map((field) => [field.name, field.number]),
    ]);
    expect(generated).to.deep.equal(messages);
  });
});
