/**
 * What a browser sends: 19 fields beside Host, which together with the request line make 1 KiB.
 * Sorted as they are not: load generators send them in an order of their own.
 */
export const browserHeaders: Readonly<Record<string, string>> = {
  'User-Agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.7',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  Referer: 'https://shop.example.com/catalogue/shoes?page=1&sort=price',
  Cookie:
    'session=c2Vzc2lvbi10b2tlbi1vZi1hLWJyb3dzZXI; theme=dark; consent=necessary.statistics; ' +
    'basket=8f14e45f-ceea-467f-a9be-1c8f1d2e3a4b',
  'Cache-Control': 'max-age=0',
  Pragma: 'no-cache',
  DNT: '1',
  'Upgrade-Insecure-Requests': '1',
  'Sec-CH-UA': '"Chromium";v="139", "Not;A=Brand";v="99"',
  'Sec-CH-UA-Mobile': '?0',
  'Sec-CH-UA-Platform': '"Linux"',
  'Sec-Fetch-Site': 'same-origin',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-User': '?1',
  'Sec-Fetch-Dest': 'document',
  Priority: 'u=0, i',
  'If-None-Match': 'W/"5e1f-18c2a7c9d40"',
};
