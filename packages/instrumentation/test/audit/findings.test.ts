import { expect } from 'chai';
import { AuditFindings } from '../../dist/esm/audit/findings.js';

describe('AuditFindings', () => {
  function findingsOf(...events: object[]): AuditFindings {
    const findings = new AuditFindings();
    for (const event of events) findings.add(event);
    return findings;
  }

  it('counts fields by name, with the types that they had', () => {
    const findings = findingsOf({ a: 1, custom_data: { b: ['x'] } }, { a: null });
    expect(findings.events).to.equal(2);
    expect(
      findings
        .summary()
        .slice(1, 3)
        .map((line) => line.trim().replaceAll(/ +/g, ' ')),
    ).to.deep.equal(['a null | number, in 2', 'custom_data.b list, in 1']);
  });

  it('suspects values, elements of lists and names', () => {
    const findings = findingsOf({
      plain: '203.0.113.77',
      list: ['fine', 'alice@example.com'],
      custom_data: { 'of 203.0.113.77': 1, harmless: 'x' },
    });
    expect(findings.suspicious).to.deep.equal(['plain', 'list', 'custom_data.of 203.0.113.77']);
  });

  it('says what helps: the option, or where the value comes from', () => {
    const lines = findingsOf(
      { endpoint: '/users/jane@example.com' },
      { source_ip: '203.0.113.77', user_agent: 'me@example.com' },
      { custom_data: { a: 'jane@example.com', b: '203.0.113.77', harmless: 'x' } },
    )
      .summary()
      .slice(-4)
      .join('\n');
    expect(lines).to.match(/^ {2}endpoint: CERBERUS_ENDPOINT_FROM=route/);
    expect(lines).to.match(/^ {2}source_ip: .*CERBERUS_SOURCE_IP/m);
    expect(lines).to.match(/^ {2}user_agent: .*CERBERUS_CAPTURE_USER_AGENT/m);
    expect(lines).to.match(/^ {2}custom_data\.a, custom_data\.b: the application sets it/m);
  });

  it('says nothing of what helps where nothing is found', () => {
    expect(findingsOf({ endpoint: '/users/7' }).summary().at(-1)).to.match(/^Nothing in them looks like/);
  });

  it('lets no escape sequence reach a terminal', () => {
    const findings = findingsOf({ custom_data: { '\u001b[2J\u009b2Jx': 1 } });
    // oxlint-disable-next-line no-control-regex
    expect(findings.summary().join('\n')).to.not.match(/[\u001b\u009b]/);
  });

  it('keeps no more than 1,000 fields', () => {
    const findings = new AuditFindings();
    for (let index = 0; index < 3000; index += 1) findings.add({ [`name${index}`]: 1 });
    expect(findings.summary()).to.have.length(1002);
  });

  it('says what may be wrong when there was nothing', () => {
    expect(new AuditFindings().summary().join('\n')).to.include('No event arrived');
  });
});
