import { expect } from 'chai';

import { parseDestination } from '../../../dist/alerts/delivery/destination.js';
import { parseNewRule, parseRule } from '../../../dist/alerts/rules/checks.js';

const RATE = { name: 'r', measure: 'error_rate', above: 0.05 };

describe('a rule', () => {
  it('has a default for all that it does not say', () => {
    expect(parseRule(RATE)).to.deep.equal({
      ...RATE,
      filter: {},
      window_minutes: 5,
      delay_seconds: 30,
      destinations: [],
      paused: false,
    });
  });

  it('may have numbers and booleans as words of its filter', () => {
    const filter = { latency_ms_min: 12, failed: true, client_id: 'a' };
    expect(parseRule({ ...RATE, filter })).to.deep.include({
      filter: { latency_ms_min: '12', failed: 'true', client_id: 'a' },
    });
  });

  for (const [what, members, problem] of [
    ['another measure', { measure: 'luck' }, '`measure` must be one of error_rate,'],
    ['no name', { name: ' ' }, '`name` must be 1 to 100 visible characters'],
    ['a name that says nothing', { name: 'a\u202Eb' }, '`name` must be 1 to 100 visible characters'],
    ['no limit', { above: undefined }, '`above` must be given for error_rate'],
    ['a text as limit', { above: '1' }, '`above` must be a number from 0 to 1e15'],
    ['NaN as limit', { above: Number.NaN }, '`above` must be a number from 0 to 1e15'],
    ['more than everything', { above: 1.5 }, '`above` must be a share from 0 to 1'],
    ['the other limit', { below: 1 }, '`below` does not go with error_rate'],
    [
      'both limits',
      { measure: 'requests', below: 1 },
      'either `above` or `below` must be given for requests',
    ],
    ['neither limit', { measure: 'requests', above: undefined }, 'either `above` or `below` must be given'],
    ['recovery beyond the limit', { recover: 0.1 }, '`recover` must not be above `above`'],
    ['a window of no length', { window_minutes: 0 }, '`window_minutes` must be an integer from 1 to 1440'],
    [
      'a window of half a minute',
      { window_minutes: 0.5 },
      '`window_minutes` must be an integer from 1 to 1440',
    ],
    ['a member that nobody knows', { windw: 5 }, 'there is no member `windw`'],
    ['a filter that is a list', { filter: [1] }, '`filter`'],
    [
      'a filter with an object',
      { filter: { client_id: {} } },
      '`filter.client_id` must be an object of words',
    ],
    [
      'silence of an endpoint',
      { measure: 'silent_source', filter: { path: '/' } },
      '`filter` may have `client_id` only',
    ],
    ['no schedule', { measure: 'summary', above: undefined }, '`schedule` must be given for summary'],
    [
      'a schedule that is none',
      { measure: 'summary', above: undefined, schedule: 'weekly' },
      '`schedule` must be five fields of cron',
    ],
    [
      'a schedule of every minute',
      { measure: 'summary', above: undefined, schedule: '* * * * *' },
      '`schedule` must be once an hour at most',
    ],
    [
      'a schedule of twice in an hour a day',
      { measure: 'summary', above: undefined, schedule: '0,30 0 * * *' },
      '`schedule` must be once an hour at most',
    ],
    [
      'a schedule that never comes',
      { measure: 'summary', above: undefined, schedule: '0 0 30 2 *' },
      '`schedule` never comes',
    ],
    [
      'a time zone that is none',
      { measure: 'summary', above: undefined, schedule: '0 8 * * 1', time_zone: 'Mars/Olympus' },
      '`time_zone` must be a name such as Europe/Berlin',
    ],
  ] as const)
    it(`with ${what} is refused, and why is said`, () => {
      expect(parseRule({ ...RATE, ...members }))
        .to.be.a('string')
        .that.includes(problem);
    });

  for (const [what, members, problem] of [
    ['more errors than requests', { above: 1 }, '`above` must be less than everything, or it never fires'],
    [
      'a share that is more than all',
      { measure: 'share', above: 1 },
      '`above` must be less than everything, or it never fires',
    ],
    [
      'a silence that is looked at no more',
      { measure: 'silent_source', above: 10_080 },
      '`above` must be less than 7 days (10080)',
    ],
    [
      'fewer requests than none',
      { measure: 'requests', above: undefined, below: 0 },
      '`below` must be more than 0, or it never fires',
    ],
  ] as const)
    it(`about ${what} is refused where it is new, for it never fires, and stays where it was made`, () => {
      const rule = { ...RATE, ...members };
      expect(parseNewRule(rule)).to.be.a('string').that.includes(problem);
      expect(parseRule(rule)).to.be.an('object');
      const near = members.measure === 'silent_source' ? 10_079 : 0.999;
      const limit = 'below' in members ? { below: 0.5 } : { above: near };
      expect(parseNewRule({ ...rule, ...limit })).to.be.an('object');
    });

  it('without a name or a measure is refused', () => {
    expect(parseRule({ measure: 'requests', above: 1 })).to.equal('`name` must be given');
    expect(parseRule({ name: 'r', above: 1 })).to.equal('`measure` must be given');
  });

  it('that is no object is refused', () => {
    for (const value of [null, [], 'x', 1]) expect(parseRule(value)).to.equal('it must be an object');
  });
});

describe('a destination', () => {
  for (const [what, value, problem] of [
    ['another kind', { kind: 'pigeon', name: 'a' }, '`kind` must be one of webhook, slack, email'],
    [
      'a file',
      { kind: 'webhook', name: 'a', url: 'file:///etc/passwd' },
      '`url` must be a URL that begins with',
    ],
    ['no URL', { kind: 'slack', name: 'a', url: 'hooks.slack.com' }, '`url` must be a URL that begins with'],
    [
      'a short secret',
      { kind: 'webhook', name: 'a', url: 'http://a', secret: 'whsec_aGk=' },
      '`secret` must be whsec_',
    ],
    [
      'a line break in an address',
      { kind: 'email', name: 'a', smtp: 'smtp://a', from: 'a@b\r\nBcc: x@y', to: ['a@b'] },
      '`from` must be an address',
    ],
    [
      'nobody',
      { kind: 'email', name: 'a', smtp: 'smtp://a', from: 'a@b', to: [] },
      '`to` must be 1 to 20 addresses',
    ],
    [
      'a secret of Slack',
      { kind: 'slack', name: 'a', url: 'http://a', secret: 'x' },
      'there is no member `secret`',
    ],
  ] as const)
    it(`with ${what} is refused, and its value is not repeated`, () => {
      const text = parseDestination(value);
      expect(text).to.be.a('string').that.includes(problem);
      for (const secret of ['passwd', 'aGk=', 'Bcc', 'hooks']) expect(text).not.to.include(secret);
    });
});
