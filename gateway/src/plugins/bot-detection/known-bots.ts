/**
 * The programs that Kong's list knows by what they call themselves. Whether one is meant is all that
 * is asked, so versions behind a name are left out, and names that a general rule covers.
 *
 * Every expression here takes time linear in the text: nothing unbounded in it can be tried from more
 * than a few places.
 */

/** Names that tell wherever they stand. */
const NAMES = [
  '1470\\.net crawler|50\\.nu|Aboundex|Accoona-[A-z]+-Agent|AdsBot-Google',
  'altavista|AppEngine-Google|Apache-HttpClient|archiver|Ask Jeeves|BingPreview',
  'BlogBridge|BoardReader|boitho.com-dc|BotSeer|favicon|[Cc]harlotte',
  'Checklinks|clumboot|Daumoa|findlinks|Flamingo_SearchEngine|Genieo',
  'Google SketchUp|Google-HTTP-Java-Client|GomezAgent|gonzo1|grub-client',
  'heritrix|HiddenMarket|holmes|HooWWWer|htdig|http%20client|HttpMonitor',
  'ia_archiver|Icarus6j|ichiro|IconSurf|IlTrovatore|InfuzApp',
  'InternetArchive|IP2[a-z]+Bot|\\bYeti|jbot\\b|JNLP|Kraken|Kurzor|larbin',
  'LEIA|LinkAider|Llaut|lycos|Mediapartners-Google|mogimogi|mozDex',
  'netresearch|Netvibes|NewsGator|Nutch|Nymesis|ObjectsSearch|OOZBOT',
  'Orbiter|PagePeeker|PagesInventory|PaxleFramework|Pompos|Python-urllib',
  'Read%20Later|Reaper|RedCarpet|Retreiver|Riddler|Rival IQ|scooter',
  'Scrapy|Scrubby|searchsight|semanticdiscovery|SEOstats|Simpy|SimplePie',
  'SimpleRSS|SiteCon|Slurp|snappy|Squrl Java|Thumbshots\\.ru|TLSProber',
  'URL2PNG|Vagabondo|Web-sniffer|WebThumb|WeSEE:[A-z]|WhatWeb|WinHTTP',
  'WIRE|WordPress|Wotbox|www\\.almaden\\.ibm\\.com|Xenu(?:.s)? Link Sleuth',
  'Xerka [A-z]+Bot|yacy|Yahoo[a-z]*Seeker|Yandex\\w|YottaaMonitor|Yowedo',
  'ZooShot|ZyBorg',
].join('|');

/** Names that tell at the beginning only. */
const FIRST_NAMES = 'NING|vortex|voyager|Zao';

/** Names that tell with a version behind them. */
const VERSIONED = [
  '008|Altresium|Argus|BaiduMobaider|DNSGroup|DataparkSearch|EDI|Goodzer',
  'Grub|INGRID|Infohelfer|LOOQ|PathDefender|Peew|PostPost|Steeler|VSE',
  'WebCrunch|WebZIP|Y!J-BR[A-Z]|YahooSeeker|envolk|sproose|wminer',
  '[Ii]ndexer|Archiver|[Bb]ot',
].join('|');

/** Names behind a slash, with a version behind them. */
const NAMED_PARTS = '[A-z]+[Bb]ot|Axtaris|fetchurl|Isara|ShopSalad|Tailsweep';

/** Parts of names that tell of what a program does; `Cubot` is the name of a telephone. */
const WORDS = '[Ss][Pp][Ii][Dd][Ee][Rr]|[Cc][Rr][Aa][Ww][Ll]|[Ss]crape|[^C][^Uu][Bb]ot';

const KNOWN = new RegExp(
  [
    WORDS,
    NAMES,
    `^(?:${FIRST_NAMES})`,
    `(?:${VERSIONED})/\\d`,
    '(?:[Ii]ndexer|Archiver|[Bb]ot) \\d',
    `/(?:${NAMED_PARTS})[ \\-]\\d`,
    'Pingdom.com_bot_version_\\d',
    'facebookexternalhit/\\d+\\.\\d',
  ].join('|'),
);

/** Something, and anywhere behind it something else. */
const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/Google/, '/+/web/snippet'],
  [/MSIE \d+\.\d+(?:[a-z]\d?)?;/, ' MSIECrawler'],
  [/Microsoft /, ' Bot'],
  [/archive/, '.org_bot'],
];

/** Whether a program that calls itself so is on the list. */
export function isKnownBot(userAgent: string): boolean {
  if (KNOWN.test(userAgent)) return true;
  return PAIRS.some(([first, then]) => {
    const found = first.exec(userAgent);
    return found !== null && userAgent.includes(then, found.index + found[0].length);
  });
}
