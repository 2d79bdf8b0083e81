import { once } from 'node:events';
import http2 from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { within } from '../support/until.ts';
import { anything } from './clients.ts';
import { CONSUMERS, consumerName, KEYED_ROUTES, keyOf } from './configuration.ts';
import { askOverHttp2 } from './http2-exchange.ts';
import { nextId } from './pattern.ts';
import { checkAnswer, type Asked, type SoakSite } from './site.ts';

/** Most requests that a session has under way. */
const AT_ONCE = 30;

/** What the gateway may send in a session before any of it is taken, bytes. */
const SESSION_WINDOW = 1 << 20;

/** A session of HTTP/2, with TLS or by prior knowledge. */
async function openSession(site: SoakSite): Promise<http2.ClientHttp2Session> {
  const [plain, secure] = site.gateway.proxyPorts;
  const inClear = site.without.has('tls') || site.random.chance(0.5);
  const url = inClear ? `http://127.0.0.1:${plain}` : `https://127.0.0.1:${secure}`;
  const session = http2.connect(url, { rejectUnauthorized: false });
  await once(session, 'connect');
  // More than a stream may take: one that is not read from must not keep the others waiting.
  session.setLocalWindowSize(SESSION_WINDOW);
  // What ends a session early shows in its streams.
  session.on('error', () => undefined);
  return session;
}

/** Waits for what is under way, and says farewell. */
async function closeSession(session: http2.ClientHttp2Session): Promise<void> {
  if (session.destroyed) return;
  const closed = once(session, 'close');
  session.close();
  await within('a session of HTTP/2 to end', closed);
}

/** Batches of requests of every kind, all at once. */
export async function manyStreams(site: SoakSite): Promise<void> {
  const session = await openSession(site);
  try {
    for (let left = site.random.between(1, 5); left > 0 && !site.isOver(); left--) {
      const batch = Array.from({ length: site.random.between(1, AT_ONCE) }, () =>
        site.random.pick([get, keyed, upload])(site, session),
      );
      await Promise.all(batch);
    }
    await closeSession(session);
  } finally {
    session.destroy();
  }
}

async function get(site: SoakSite, session: http2.ClientHttp2Session): Promise<void> {
  const asked = anything(site, 70_000);
  checkAnswer(await askOverHttp2(session, asked).response, asked);
  site.ledger.right('HTTP/2');
}

async function keyed(site: SoakSite, session: http2.ClientHttp2Session): Promise<void> {
  const { random, ledger } = site;
  const consumer = random.below(CONSUMERS);
  const path = `/k${random.below(KEYED_ROUTES)}/x`;
  const asked: Asked = { ...anything(site, 5000), path, consumer: consumerName(consumer) };
  const isKnown = random.chance(0.8);
  const apikey = isKnown ? keyOf(consumer) : `nobody-${random.next()}`;
  const response = await askOverHttp2(session, asked, { apikey }).response;
  if (!isKnown && response.status === 401) ledger.failedAsAsked('401 for an unknown key');
  else {
    checkAnswer(response, asked);
    ledger.right('HTTP/2 with a key');
  }
}

async function upload(site: SoakSite, session: http2.ClientHttp2Session): Promise<void> {
  const { random } = site;
  const asked: Asked = {
    ...anything(site, 5000),
    method: random.pick(['POST', 'PUT', 'PATCH']),
    upload: random.pick([1, 100, 16_385, 70_000, 300_000]),
    trailer: random.chance(0.3) ? nextId() : '',
  };
  checkAnswer(await askOverHttp2(session, asked).response, asked);
  site.ledger.right('HTTP/2 upload');
}

/** Takes two large answers at once, one of them slowly, which must not hold up the other. */
export async function slowStream(site: SoakSite): Promise<void> {
  const { random } = site;
  const session = await openSession(site);
  try {
    const [slow, quick] = [0, 0].map(() => {
      const wish = {
        id: nextId(),
        size: random.between(100_000, 400_000),
        as: 'length' as const,
      };
      const asked: Asked = { ...anything(site), method: 'GET', wish };
      return { asked, asking: askOverHttp2(session, asked) };
    });
    const stopped = slow!.asking.stream.pause();
    checkAnswer(await quick!.asking.response, quick!.asked);
    await delay(random.below(500));
    stopped.resume();
    checkAnswer(await slow!.asking.response, slow!.asked);
    site.ledger.right('HTTP/2 beside a slow stream');
    await closeSession(session);
  } finally {
    session.destroy();
  }
}

/** Gives up some of its requests, or all of them with the session; the others are answered. */
export async function canceller(site: SoakSite): Promise<void> {
  const { random, ledger } = site;
  const session = await openSession(site);
  try {
    const kept = get(site, session);
    kept.catch(() => undefined);
    for (let left = random.between(1, 5); left > 0; left--) {
      const size = random.pick([100, 50_000, 2_000_000]);
      const path = random.chance(0.3) ? '/broken/never-answers' : '/o1/abort';
      const wish = { id: nextId(), size, as: random.pick(['length', 'chunked'] as const) };
      const length = random.chance(0.5) ? random.pick([10, 100_000]) : null;
      const method = length === null ? 'GET' : 'POST';
      const { stream } = askOverHttp2(session, { method, path, wish, upload: length });
      await delay(random.below(random.pick([1, 10, 100])));
      if (random.chance(0.8)) {
        stream.close(http2.constants.NGHTTP2_CANCEL);
        ledger.failedAsAsked('client sent RST_STREAM');
      } else {
        session.destroy();
        ledger.failedAsAsked('client left its session');
        return;
      }
    }
    await kept;
    await closeSession(session);
  } finally {
    session.destroy();
  }
}
