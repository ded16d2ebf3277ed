import { expect } from 'chai';
import { syntheticTypeOf } from '../../dist/esm/enrich/synthetic-type.js';

describe('syntheticTypeOf', () => {
  const bots = [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.1; +https://openai.com/gptbot)',
    'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)',
    'facebookexternalhit/1.1',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'CCBot/2.0 (https://commoncrawl.org/faq/)',
  ];
  const tests = [
    'kube-probe/1.31',
    'ELB-HealthChecker/2.0',
    'GoogleHC/1.0',
    'AlwaysOn',
    'Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)',
    'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
    'Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36',
    'Datadog/Synthetics',
  ];
  const others = [
    '',
    undefined,
    'curl/8.5.0',
    'node',
    'python-requests/2.32',
    'okhttp/4.12.0',
    'axios/1.7',
    'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
    'Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36',
    'my-robotics-app/1.0',
  ];
  for (const [userAgents, type] of [
    [bots, 'bot'],
    [tests, 'test'],
    [others, undefined],
  ] as const)
    for (const userAgent of userAgents) {
      it(`says ${String(type)} of ${String(userAgent)}`, () => {
        expect(syntheticTypeOf(userAgent)).to.equal(type);
      });
    }

  it('reads no more than a user agent has', () => {
    expect(syntheticTypeOf(`${'x'.repeat(100_000)} Googlebot`)).to.equal(undefined);
  });
});
