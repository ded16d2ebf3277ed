import { expect } from 'chai';
import { runChild } from '../support/child.js';

async function findings(mode: string): Promise<string[]> {
  const { report } = await runChild('patient.js', { MODE: mode });
  return report['findings'] as string[];
}

describe('a processor in an application', () => {
  it('says nothing where nothing is wrong', async () => {
    expect(await findings('healthy')).to.deep.equal([]);
  });

  for (const [mode, finding] of [
    ['no-http', /^CERBERUS_DOCTOR: 5 requests came in and none got a SERVER span/],
    ['no-express', /^CERBERUS_DOCTOR: no request has a route although express is used/],
    ['foreign-api', /^CERBERUS_DOCTOR: .*@opentelemetry\/api 1\.8\.0/],
  ] as const) {
    it(`says in one message what is wrong (${mode})`, async () => {
      const messages = await findings(mode);
      expect(messages).to.have.length(1);
      expect(messages[0]).to.match(finding);
    });
  }

  it('takes a sampler that leaves out everything for requests without spans', async () => {
    expect((await findings('sampler'))[0])
      .to.include('none got a SERVER span')
      .and.include('CerberusSampler');
  });
});
