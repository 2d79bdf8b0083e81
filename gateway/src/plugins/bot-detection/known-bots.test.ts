import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isKnownBot } from './known-bots.ts';
import { assertLinear } from '../../plugin/testing/growth.ts';

describe('isKnownBot', () => {
  it('knows robots by name, by parts of names and by pairs of words', () => {
    for (const robot of [
      'Googlebot/2.1 (+http://www.google.com/bot.html)',
      'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
      'Mozilla/5.0 (compatible; YandexImages/3.0; +http://yandex.com/bots)',
      'facebookexternalhit/1.1',
      'Twitterbot/1.0',
      'Baiduspider',
      'Yahoo! Slurp',
      'Pingdom.com_bot_version_1.4',
      'Google (+https://developers.google.com/+/web/snippet/)',
      'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT; MSIECrawler)',
      'Microsoft URL Preview Bot',
      'archive.org_bot',
      'Python-urllib/3.9',
      'Apache-HttpClient/4.5',
      'Scrapy/2.11',
      'EDI/1.6',
      'NING/1.0',
      'SomethingCrawler',
      'x SPIDER',
      'Some Indexer 2',
      '/fetchurl 1',
    ]) {
      assert.ok(isKnownBot(robot), robot);
    }
  });

  it('takes nobody else for one', () => {
    for (const other of [
      '',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36',
      'Mozilla/5.0 (Linux; Android 7.0; CUBOT_NOTE_S)',
      'Mozilla/5.0 (Linux; Android 9; Cubot)',
      'curl/8.0',
      'Wget/1.21',
      'HTTrack',
      'ApacheBench/2.3',
      'bot',
      'facebookexternalhit',
      'the NING',
      'Google',
      'web/snippet Google',
    ]) {
      assert.ok(!isKnownBot(other), other);
    }
  });

  it('takes time linear in what it is given', async () => {
    const pieces = ['Google', 'Microsoft ', 'MSIE 1.1a;', '/abcd', 'Xerka ab', 'IP2a', 'Accoona-a'];
    for (const piece of pieces) {
      await assertLinear(20_000, (size) => {
        assert.ok(!isKnownBot(piece.repeat(size / piece.length)));
      });
    }
  });
});
