#!/usr/bin/env node
// Replays golden recordings (facts recorded from Kong 3.9.3) against a gateway under test.
// Plain Node 20, no dependencies.  node replay-proxy.mjs --help
import net from 'node:net';
import fs from 'node:fs';
import path from 'node:path';
import crypto from 'node:crypto';
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

// ---------------------------------------------------------------- echo upstreams
// A raw HTTP/1.1 server: it records exactly what it received, and answers a JSON description of it,
// unless a control path (/status/503 …) or the request header `x-echo: {json}` asks for something else.
export class Upstreams {
  constructor(ports, host = '127.0.0.1') { this.ports = ports; this.host = host; this.seen = []; this.servers = []; this.live = new Map(); }
  async start() {
    for (let i = 0; i < this.ports.length; i++) {
      const srv = net.createServer((s) => this.conn(s, i + 1));
      await new Promise((ok, no) => { srv.once('error', no); srv.listen(this.ports[i], this.host, ok); });
      this.servers.push(srv);
    }
  }
  async stop() { for (const s of this.live.keys()) s.destroy(); for (const s of this.servers) await new Promise((r) => s.close(r)); }
  take() { const s = this.seen; this.seen = []; return s; }
  closeIdle() { for (const s of this.live.keys()) s.end(); }
  conn(sock, idx) {
    this.live.set(sock, idx);
    let buf = Buffer.alloc(0); let busy = false;
    sock.setNoDelay(true);
    sock.on('error', () => {}); sock.on('close', () => this.live.delete(sock));
    const pump = async () => {
      if (busy) return; busy = true;
      for (;;) {
        const r = parseMessage(buf, true);
        if (!r) break;
        buf = buf.subarray(r.length);
        const rec = { upstream: idx, method: r.method, target: r.target, http: r.http, headers: r.headers, body: encodeBody(r.body) };
        if (!rec.target.startsWith('/_probe/')) this.seen.push(rec); // active health probes are answered, not recorded
        if (await this.answer(sock, rec, idx)) return;
      }
      busy = false;
    };
    sock.on('data', (d) => { buf = Buffer.concat([buf, d]); pump(); });
  }
  async answer(sock, rec, idx) { // true: the connection is finished
    const h = (n) => { const e = rec.headers.find((x) => x[0].toLowerCase() === n); return e && e[1]; };
    let c = {};
    const ctl = h('x-echo');
    if (ctl) { try { c = JSON.parse(ctl); } catch { c = {}; } }
    const p = rec.target.split('?')[0]; const q = new URLSearchParams(rec.target.split('?').slice(1).join('?'));
    let m;
    if ((m = /^\/_probe\/(\d{3})$/.exec(p))) c = { status: +m[1], body: 'probe', type: 'text/plain' };
    else if ((m = /^\/status\/(\d{3})$/.exec(p))) c = { status: +m[1], ...c };
    else if ((m = /^\/delay\/(\d+)$/.exec(p))) c = { delay: +m[1], ...c };
    else if (p === '/headers') c = { headers: [...q.entries()], ...c };
    else if (p === '/close') c = { close: 'now', ...c };
    else if (p === '/stream') c = { chunked: true, ...c };
    else if ((m = /^\/bytes\/(\d+)$/.exec(p))) c = { body: 'x'.repeat(+m[1]), type: 'text/plain', ...c };
    if (c.only && !c.only.includes(idx)) c = {};
    if (c.delay) await sleep(c.delay);
    if (c.close === 'now') { sock.destroy(); return true; }
    if (c.raw !== undefined) { sock.end(Buffer.from(c.raw, 'latin1')); return true; }
    const status = c.status || 200;
    let body = c.body !== undefined ? Buffer.from(typeof c.body === 'string' ? c.body : JSON.stringify(c.body)) : Buffer.from(JSON.stringify(describe(rec)));
    rec.answered = c.body === undefined ? body.toString() : undefined;
    const noBody = rec.method === 'HEAD' || status === 204 || status === 304 || status < 200;
    const hs = []; const given = (c.headers || []).map((x) => x[0].toLowerCase());
    if (!given.includes('content-type') && !noBodyStatus(status) && c.type !== '') hs.push(['Content-Type', c.type || 'application/json']);
    hs.push(...(c.headers || []));
    if (c.chunked) hs.push(['Transfer-Encoding', 'chunked']);
    else if (!noBodyStatus(status) && !given.includes('content-length') && !c.until_close) hs.push(['Content-Length', String(body.length)]);
    if (c.until_close) hs.push(['Connection', 'close']);
    const head = `HTTP/1.1 ${status} ${c.reason || REASON[status] || 'X'}\r\n` + hs.map(([k, v]) => `${k}: ${v}\r\n`).join('') + '\r\n';
    if (noBody) body = Buffer.alloc(0);
    if (c.close === 'headers') { sock.write(head); setTimeout(() => sock.destroy(), 20); return true; }
    if (c.close === 'partial') { sock.write(Buffer.concat([Buffer.from(head), body.subarray(0, body.length >> 1)])); setTimeout(() => sock.destroy(), 20); return true; }
    if (c.chunked && !noBody) {
      const half = Math.max(1, body.length >> 1); const parts = [body.subarray(0, half), body.subarray(half)].filter((x) => x.length);
      sock.write(head);
      for (const x of parts) sock.write(Buffer.concat([Buffer.from(x.length.toString(16) + '\r\n'), x, Buffer.from('\r\n')]));
      sock.write('0\r\n\r\n');
    } else sock.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
    if (c.until_close || /close/i.test(h('connection') || '')) { sock.end(); return true; }
    if (status === 101) { return true; }
    return false;
  }
}
const noBodyStatus = (s) => s === 204 || s === 304 || s < 200;
const describe = (r) => ({ upstream: r.upstream, method: r.method, target: r.target, http: r.http, headers: r.headers, body: r.body });
const REASON = { 101: 'Switching Protocols', 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 301: 'Moved Permanently', 302: 'Found', 304: 'Not Modified', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 418: "I'm a teapot", 429: 'Too Many Requests', 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout' };

export function encodeBody(b) {
  if (!b || !b.length) return '';
  const s = b.toString('utf8');
  return Buffer.from(s, 'utf8').equals(b) ? s : { base64: b.toString('base64') };
}
export const decodeBody = (b) => (b == null ? Buffer.alloc(0) : typeof b === 'string' ? Buffer.from(b, 'utf8') : Buffer.from(b.base64, 'base64'));

// one HTTP/1 message out of a buffer; null when incomplete
function parseMessage(buf, isRequest, { head = false, ended = false } = {}) {
  const e = buf.indexOf('\r\n\r\n');
  if (e < 0) return null;
  const lines = buf.subarray(0, e).toString('latin1').split('\r\n');
  const first = lines[0]; const headers = [];
  for (const l of lines.slice(1)) { const i = l.indexOf(':'); if (i > 0) headers.push([l.slice(0, i), fixUtf8(l.slice(i + 1).trim())]); }
  const get = (n) => { const x = headers.find((y) => y[0].toLowerCase() === n); return x && x[1]; };
  const out = { headers };
  if (isRequest) {
    const a = first.indexOf(' '); const z = first.lastIndexOf(' ');
    out.method = first.slice(0, a); out.target = fixUtf8(first.slice(a + 1, z)); out.http = first.slice(z + 1).replace('HTTP/', '');
  } else {
    const m = /^HTTP\/(\d\.\d) (\d{3}) ?(.*)$/.exec(first);
    if (!m) return { status: -1, headers: [], body: buf, length: buf.length };
    out.http = m[1]; out.status = +m[2]; out.reason = m[3];
  }
  let off = e + 4;
  if (!isRequest && (head || noBodyStatus(out.status))) { out.body = Buffer.alloc(0); out.length = off; return out; }
  if (/chunked/i.test(get('transfer-encoding') || '')) {
    const parts = [];
    for (;;) {
      const le = buf.indexOf('\r\n', off);
      if (le < 0) { if (ended) { out.body = Buffer.concat(parts); out.length = buf.length; out.truncated = true; return out; } return null; }
      const n = parseInt(buf.subarray(off, le).toString('latin1'), 16);
      off = le + 2;
      if (Number.isNaN(n)) { out.body = Buffer.concat(parts); out.length = buf.length; out.truncated = true; return out; }
      if (n === 0) { const t = buf.indexOf('\r\n', off); if (t < 0 && !ended) return null; off = t + 2; break; }
      if (buf.length < off + n + 2) { if (ended) { parts.push(buf.subarray(off, off + n)); out.body = Buffer.concat(parts); out.length = buf.length; out.truncated = true; return out; } return null; }
      parts.push(buf.subarray(off, off + n)); off += n + 2;
    }
    out.body = Buffer.concat(parts); out.length = off; return out;
  }
  const cl = get('content-length');
  if (cl !== undefined) {
    const n = +cl;
    if (buf.length < off + n) { if (ended) { out.body = buf.subarray(off); out.length = buf.length; out.truncated = true; return out; } return null; }
    out.body = buf.subarray(off, off + n); out.length = off + n; return out;
  }
  if (isRequest) { out.body = Buffer.alloc(0); out.length = off; return out; }
  if (!ended) return null;
  out.body = buf.subarray(off); out.length = buf.length; return out;
}
function fixUtf8(s) { const b = Buffer.from(s, 'latin1'); const u = b.toString('utf8'); return Buffer.from(u, 'utf8').equals(b) ? u : s; }

// ---------------------------------------------------------------- raw client
export function rawRequest({ host = '127.0.0.1', port, method, target, http = '1.1', headers = [], body, timeout = 15000 }) {
  return new Promise((resolve) => {
    const s = net.connect({ host, port }); let buf = Buffer.alloc(0); let done = false;
    const finish = (r) => { if (done) return; done = true; clearTimeout(t); s.destroy(); resolve(r); };
    const t = setTimeout(() => finish({ status: 0, headers: [], body: Buffer.alloc(0), error: 'timeout' }), timeout);
    s.setNoDelay(true);
    s.on('error', (e) => finish({ status: 0, headers: [], body: Buffer.alloc(0), error: e.code || 'error' }));
    s.on('connect', () => {
      const head = `${method} ${target} HTTP/${http}\r\n` + headers.map(([k, v]) => `${k}: ${v}\r\n`).join('') + '\r\n';
      s.write(Buffer.concat([Buffer.from(head, 'utf8'), decodeBody(body)]));
    });
    const tryParse = (ended) => {
      for (;;) {
        const r = parseMessage(buf, false, { head: method === 'HEAD', ended });
        if (!r) return;
        if (r.status >= 100 && r.status < 200 && r.status !== 101) { buf = buf.subarray(r.length); continue; }
        finish(r); return;
      }
    };
    s.on('data', (d) => { buf = Buffer.concat([buf, d]); tryParse(false); });
    s.on('end', () => { tryParse(true); finish({ status: 0, headers: [], body: buf, error: 'closed' }); });
    s.on('close', () => { tryParse(true); finish({ status: 0, headers: [], body: buf, error: 'closed' }); });
  });
}

// ---------------------------------------------------------------- placeholders
export class Ctx {
  constructor({ proxyPort, adminPort, ports, host = '127.0.0.1', deadPort = 29109 }) { Object.assign(this, { proxyPort, adminPort, ports, host, deadPort }); this.gen = {}; this.capture = {}; }
  str(s) {
    const m = /^\{\{(upstream_(\d)_port|dead_port)\}\}$/.exec(s);
    if (m) return m[1] === 'dead_port' ? this.deadPort : this.ports[m[2] - 1];
    return s.replace(/\{\{([a-z_0-9.]+)\}\}/g, (all, k) => {
      let x;
      if ((x = /^upstream_(\d)$/.exec(k))) return `${this.host}:${this.ports[x[1] - 1]}`;
      if ((x = /^upstream_(\d)_port$/.exec(k))) return String(this.ports[x[1] - 1]);
      if (k === 'upstream_host') return this.host;
      if (k === 'dead_upstream') return `${this.host}:${this.deadPort}`;
      if (k === 'dead_port') return String(this.deadPort);
      if (k === 'proxy_port') return String(this.proxyPort);
      if (k.startsWith('gen.')) return this.gen[k.slice(4)] ?? all;
      if (k.startsWith('capture.')) return this.capture[k.slice(8)] ?? all;
      return all;
    });
  }
  deep(v) {
    if (typeof v === 'string') return this.str(v);
    if (Array.isArray(v)) return v.map((x) => this.deep(x));
    if (v && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, x]) => [typeof this.str(k) === 'string' ? this.str(k) : k, this.deep(x)]));
    return v;
  }
}
const b64u = (b) => Buffer.from(b).toString('base64').replace(/=+$/, '').replace(/\+/g, '-').replace(/\//g, '_');
// values that must be made at the moment of sending (signed dates, fresh tokens)
export function generate(gen, ctx) {
  ctx.gen = {};
  const now = Date.now();
  const dyn = (v) => (v && typeof v === 'object' && '$now' in v ? Math.floor(now / 1000) + v.$now : v);
  for (const [name, g] of Object.entries(gen || {})) {
    if (g.type === 'time') {
      const d = new Date(now + (g.offset || 0) * 1000);
      ctx.gen[name] = g.format === 'unix' ? String(Math.floor(d / 1000)) : d.toUTCString();
    } else if (g.type === 'hash') ctx.gen[name] = (g.prefix || '') + crypto.createHash(g.hash).update(ctx.str(g.data)).digest(g.encoding || 'base64');
    else if (g.type === 'hmac') ctx.gen[name] = crypto.createHmac(g.hash, Buffer.from(g.key, g.key_encoding || 'utf8')).update(String(ctx.str(g.data))).digest(g.encoding || 'base64');
    else if (g.type === 'jwt') {
      const payload = Object.fromEntries(Object.entries(g.payload).map(([k, v]) => [k, dyn(v)]));
      const inp = b64u(JSON.stringify(g.header)) + '.' + b64u(JSON.stringify(payload));
      ctx.gen[name] = inp + '.' + b64u(crypto.createHmac('sha256', g.key).update(inp).digest());
    }
  }
}
const RX = {
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', date: '[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT',
  ms: '\\d+', seconds: '\\d+', int: '\\d+', request_id: '[0-9a-zA-Z-]+', session: '[^;,\\s]*', tracker: '[0-9a-fA-F.:]+-\\d+-\\d+-\\d+-\\d+-[\\d.]+', hex64: '[0-9a-f]{64}', any: '[\\s\\S]*',
};
const esc = (s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
export function matches(expected, actual) {
  if (typeof expected !== 'string') return Object.is(expected, actual);
  if (typeof actual !== 'string') actual = String(actual);
  if (!expected.includes('{{')) return expected === actual;
  const rx = expected.split(/(\{\{[a-z_0-9]+\}\})/).map((p) => { const m = /^\{\{([a-z_0-9]+)\}\}$/.exec(p); return m && RX[m[1]] ? `(?:${RX[m[1]]})` : esc(p); }).join('');
  return new RegExp(`^${rx}$`).test(actual);
}
export function jsonMatches(e, a) {
  if (typeof e === 'string') return typeof a === 'string' ? matches(e, a) : e.includes('{{') && matches(e, JSON.stringify(a));
  if (Array.isArray(e)) return Array.isArray(a) && e.length === a.length && e.every((x, i) => jsonMatches(x, a[i]));
  if (e && typeof e === 'object') {
    if (!a || typeof a !== 'object' || Array.isArray(a)) return false;
    const ke = Object.keys(e); const ka = Object.keys(a);
    return ke.length === ka.length && ke.every((k) => (k in a ? jsonMatches(e[k], a[k]) : k.includes('{{') && ka.some((y) => matches(k, y) && jsonMatches(e[k], a[y]))));
  }
  return Object.is(e, a);
}
const tryJson = (s) => { try { const v = JSON.parse(s); return v !== null && typeof v === 'object' ? v : undefined; } catch { return undefined; } };
export const matchName = (name, list) => list.some((p) => (p.endsWith('*') ? name.startsWith(p.slice(0, -1)) : p === name));

// ---------------------------------------------------------------- compare
export const DEFAULT_IGNORE_UPSTREAM = ['via', 'x-kong-*', 'x-request-id', 'server', 'date', 'connection', 'keep-alive', 'transfer-encoding', 'te'];
export const DEFAULT_IGNORE_RESPONSE = ['via', 'server', 'date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'x-kong-upstream-latency', 'x-kong-proxy-latency', 'x-kong-response-latency', 'x-kong-request-id', 'x-kong-admin-latency', 'x-cache-key', 'x-powered-by'];

function headerMap(hs, ignore, only) {
  const m = new Map();
  for (const [k, v] of hs || []) {
    const n = k.toLowerCase();
    if (only ? !matchName(n, only) : matchName(n, ignore)) continue;
    if (!m.has(n)) m.set(n, []);
    m.get(n).push(String(v));
  }
  return m;
}
const LISTY = ['vary', 'access-control-allow-methods', 'access-control-allow-headers', 'access-control-expose-headers'];
const canon = (n, v) => {
  if (n === 'content-type') return v.replace(/\s*;\s*/g, '; ').toLowerCase().replace(/boundary=\S+/, 'boundary={{any}}');
  if (LISTY.includes(n)) return v.split(',').map((x) => x.trim()).join(', ');
  return v;
};
function diffHeaders(label, exp, act, out, ignore, only) {
  const e = headerMap(exp, ignore, only); const a = headerMap(act, ignore, only);
  for (const [n, ev] of e) {
    const av = a.get(n);
    if (!av) { out.push(`${label} ${n}: missing (want ${short(ev.join(' | '))})`); continue; }
    const E = ev.map((v) => canon(n, v)); const A = av.map((v) => canon(n, v));
    const ok = E.length === A.length && E.every((v, i) => matches(v, A[i]));
    // several lines and one comma-joined line mean the same
    const ok2 = ok || matches(E.join(', '), A.join(', ').replace(/,\s*/g, ', ')) || E.join(', ').replace(/,\s*/g, ', ') === A.join(', ').replace(/,\s*/g, ', ');
    if (!ok2) out.push(`${label} ${n}: ${short(A.join(' | '))} want ${short(E.join(' | '))}`);
  }
  for (const [n, av] of a) if (!e.has(n)) out.push(`${label} ${n}: unexpected (${short(av.join(' | '))})`);
}
const short = (s) => { s = typeof s === 'string' ? s : JSON.stringify(s); return s.length > 140 ? JSON.stringify(s.slice(0, 140)) + '…' : JSON.stringify(s); };
function bodyOk(e, a) {
  if (typeof e !== 'string' || typeof a !== 'string') return JSON.stringify(e) === JSON.stringify(a);
  if (matches(e, a)) return true;
  const je = tryJson(e); if (je !== undefined) { const ja = tryJson(a); return ja !== undefined && jsonMatches(je, ja); }
  return false;
}
// multipart bodies carry a boundary that may be re-made: compare with boundaries blanked
const normMultipart = (s) => (typeof s === 'string' ? s.replace(/\r\n/g, '\n').replace(/^--[^\n]*?(--)?$/gm, '--B$1').replace(/\n+$/, '') : s);

export function compareExchange(x, got, ctx, o) {
  const out = [];
  const exp = ctx.deep({ response: x.response, upstream: x.upstream });
  if (exp.response.status !== got.response.status) out.push(`status ${got.response.status}${got.response.error ? ' (' + got.response.error + ')' : ''} want ${exp.response.status}`);
  if (exp.response.body === '{{echo}}') {
    const last = got.upstream[got.upstream.length - 1];
    const gb = got.response.body;
    if (!last || last.answered === undefined) { if (!exp.upstream.length || exp.response.status === got.response.status) out.push('body: not the upstream\'s answer'); }
    else if (gb !== last.answered && JSON.stringify(tryJson(typeof gb === 'string' ? gb : '')) !== JSON.stringify(tryJson(last.answered))) out.push(`body ${short(gb)} want the upstream's answer unchanged`);
  } else if (/^\{\{echo_of:\w+\}\}$/.test(exp.response.body)) {
    const want = o.answers.get(exp.response.body.slice(10, -2));
    if (want === undefined || want !== got.response.body) out.push(`body ${short(got.response.body)} want the stored answer to ${exp.response.body.slice(10, -2)}`);
  } else if (!o.serverPages && typeof exp.response.body === 'string' && /^<html>\r\n<head><title>\d{3} /.test(exp.response.body)) {
    // the stock page of Kong's HTTP server (redirects, 501, 505): its text is nobody's contract
  } else if (!bodyOk(exp.response.body, got.response.body)) out.push(`body ${short(got.response.body)} want ${short(exp.response.body)}`);
  const lastSeen = got.upstream[got.upstream.length - 1];
  if (lastSeen?.answered !== undefined && o.answers) o.answers.set(x.id, lastSeen.answered);
  diffHeaders('response', exp.response.headers, got.response.headers, out, o.ignoreResponse, o.onlyResponse);
  if (exp.upstream.length !== got.upstream.length) out.push(`upstream saw ${got.upstream.length} request(s) want ${exp.upstream.length}`);
  else exp.upstream.forEach((eu, i) => {
    const au = got.upstream[i]; const L = exp.upstream.length > 1 ? `upstream[${i}]` : 'upstream';
    if (x.check?.upstream_index !== 'any' && eu.upstream !== au.upstream) out.push(`${L} number ${au.upstream} want ${eu.upstream}`);
    if (eu.method !== au.method) out.push(`${L} method ${au.method} want ${eu.method}`);
    if (!matches(eu.target, au.target) && !(o.looseQuery && sameQuerySet(eu.target, au.target))) out.push(`${L} target ${short(au.target)} want ${short(eu.target)}`);
    if (!bodyOk(eu.body, au.body) && !matches(normMultipart(eu.body), normMultipart(au.body)) && !sameForm(eu, au)) out.push(`${L} body ${short(au.body)} want ${short(eu.body)}`);
    diffHeaders(L, eu.headers, au.headers, out, o.ignoreUpstream.concat(bodyRewritten(eu, au) ? ['content-length'] : [], x.check?.upstream_index === 'any' ? ['host'] : []));
  });
  return out;
}
// a re-serialised JSON/form/multipart body may have another length
const bodyRewritten = (e, a) => e.body !== a.body;
function sameForm(e, a) {
  const ct = (e.headers.find((h) => h[0].toLowerCase() === 'content-type') || [])[1] || '';
  if (!/x-www-form-urlencoded/i.test(ct) || typeof e.body !== 'string' || typeof a.body !== 'string') return false;
  const n = (s) => s.split('&').map((p) => decodeURIComponent(p.replace(/\+/g, '%20'))).sort().join('&');
  try { return n(e.body) === n(a.body); } catch { return false; }
}
function sameQuerySet(e, a) {
  const [pe, qe = ''] = e.split(/\?(.*)/s); const [pa, qa = ''] = a.split(/\?(.*)/s);
  return pe === pa && qe.split('&').sort().join('&') === qa.split('&').sort().join('&');
}
const sortQuoted = (s) => s.replace(/'[^']*'(?:, '[^']*')+/g, (m) => m.split(', ').sort().join(', '));
export function sortErrors(v) { // lists of quoted names, flattened_errors and lists of errors have no stable order
  if (typeof v === 'string') return sortQuoted(v);
  if (Array.isArray(v)) return v.map(sortErrors).sort((a, b) => (JSON.stringify(sortKeys(a)) < JSON.stringify(sortKeys(b)) ? -1 : 1));
  if (v && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, k === 'entity' ? x : k === 'fields' ? mapStrings(x) : sortErrors(x)]));
  return v;
}
const mapStrings = (v) => (typeof v === 'string' ? sortQuoted(v) : Array.isArray(v) ? v.map(mapStrings) : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, mapStrings(x)])) : v);
function sortKeys(v) { return Array.isArray(v) ? v.map(sortKeys) : v && typeof v === 'object' ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, sortKeys(v[k])])) : v; }

// ---------------------------------------------------------------- run exchanges
export const settle = { ms: 4 };
export async function runExchange(x, ctx, ups) {
  if (x.wait_ms) await sleep(x.wait_ms);
  generate(x.gen, ctx);
  ups.take();
  if (x.kind === 'burst') return runBurst(x, ctx, ups);
  const q = ctx.deep(x.request);
  if (x.kind === 'admin') {
    const body = q.json !== undefined ? JSON.stringify(q.json) : q.body || '';
    const headers = [['Host', 'admin.test'], ...(q.headers || [])];
    if (q.json !== undefined) headers.push(['Content-Type', 'application/json']);
    headers.push(['Content-Length', String(Buffer.byteLength(body))]);
    const r = await rawRequest({ port: ctx.adminPort, method: q.method, target: q.target, headers, body });
    return { response: { status: r.status, headers: r.headers, body: encodeBody(r.body), error: r.error }, upstream: [] };
  }
  const r = await rawRequest({ port: ctx.proxyPort, timeout: 30000, ...q });
  if (settle.ms) await sleep(settle.ms);
  for (const [name, c] of Object.entries(x.capture || {})) {
    for (const [k, v] of r.headers) if (k.toLowerCase() === 'set-cookie' && v.startsWith(c.cookie + '=')) ctx.capture[name] = v.slice(c.cookie.length + 1).split(';')[0];
  }
  return { response: { status: r.status, headers: r.headers, body: encodeBody(r.body), ...(r.error ? { error: r.error } : {}), ...(r.truncated ? { truncated: true } : {}) }, upstream: ups.take() };
}
async function runBurst(x, ctx, ups) {
  const statuses = {}; const counts = {}; const assignment = {}; let moved = 0; let attempts = 0;
  const keys = x.keys || [null];
  for (let i = 0; i < x.count; i++) {
    const key = keys[i % keys.length];
    const sub = (v) => (typeof v === 'string' && key !== null ? v.replaceAll('{{key}}', key) : v);
    const q0 = { ...x.request, target: sub(x.request.target), headers: x.request.headers.map(([k, v]) => [k, sub(v)]) };
    const q = ctx.deep(q0);
    const r = await rawRequest({ port: ctx.proxyPort, ...q });
    statuses[r.status] = (statuses[r.status] || 0) + 1;
    const seen = ups.take(); attempts += seen.length;
    const last = seen[seen.length - 1];
    if (last) {
      counts[last.upstream] = (counts[last.upstream] || 0) + 1;
      if (key !== null) { if (assignment[key] === undefined) assignment[key] = last.upstream; else if (assignment[key] !== last.upstream) moved++; }
    }
    if (x.gap_ms) await sleep(x.gap_ms);
  }
  return { result: { statuses, upstream_counts: counts, attempts, ...(x.keys ? { assignment, moved } : {}) } };
}
export function compareBurst(x, got, o) {
  const out = []; const e = x.result; const g = got.result;
  if (x.check?.statuses !== 'any' && JSON.stringify(sortKeys(e.statuses)) !== JSON.stringify(sortKeys(g.statuses))) out.push(`statuses ${JSON.stringify(g.statuses)} want ${JSON.stringify(e.statuses)}`);
  const tol = x.tolerance ?? 0;
  if (x.check?.counts !== 'any') for (const k of new Set([...Object.keys(e.upstream_counts), ...Object.keys(g.upstream_counts)])) {
    const d = Math.abs((e.upstream_counts[k] || 0) - (g.upstream_counts[k] || 0));
    if (d > tol * x.count + 1e-9) out.push(`upstream ${k} got ${g.upstream_counts[k] || 0} of ${x.count} want ${e.upstream_counts[k] || 0} ± ${Math.round(tol * x.count)}`);
  }
  if (x.check?.attempts !== 'any' && e.attempts !== g.attempts) out.push(`attempts ${g.attempts} want ${e.attempts}`);
  if (x.keys) {
    if (g.moved !== e.moved) out.push(`${g.moved} repeated keys moved, want ${e.moved}`);
    if (o.strictHash && JSON.stringify(sortKeys(e.assignment)) !== JSON.stringify(sortKeys(g.assignment))) out.push('key → upstream assignment differs');
  }
  return out;
}
export async function waitForWindow(seconds) { // do not start a rate-limit sequence just before its window ends
  if (!seconds) return;
  const left = 60 - ((Date.now() / 1000) % 60);
  if (left < seconds) await sleep((left + 0.5) * 1000);
}

// ---------------------------------------------------------------- main
const HELP = `node replay-proxy.mjs --dir DIR --proxy-port P [options]
  --dir DIR             folder of recordings (*.json); may be given more than once
  --proxy-port P        port of the gateway under test (127.0.0.1)
  --admin-port P        its Admin API port: also replays exchanges of kind "admin" (else they are skipped)
 how a scenario's config reaches the gateway (use what fits; they run in this order):
  --config-file PATH    the config (placeholders filled in) is written to PATH (default: a temporary file)
  --load CMD            shell command to run; {file} {port} {admin} are filled in
  --ready-url URL       polled until it answers 200 and, if it answers JSON with one of the fields
                        configuration_hash, config_hash, config_revision, revision, hash (or --ready-field a.b),
                        until that field has changed
  --after-load CMD      shell command that blocks until the config is live
  --settle-ms N         wait after loading (default 150)
 node settings (scenarios with node_settings are skipped without this):
  --apply-settings CMD  shell command that (re)starts the gateway; KONG_<NAME> variables carry the settings,
                        {settings} is a JSON file of them; run with none of them set to go back to the defaults
 what is compared:
  --ignore-upstream-headers a,b,c*    (default ${DEFAULT_IGNORE_UPSTREAM.join(',')})
  --ignore-response-headers a,b,c*    (default ${DEFAULT_IGNORE_RESPONSE.join(',')})
  --response-headers a,b,c*           compare only these response headers
  --loose-query         do not compare the order of query arguments
  --strict-hash         consistent hashing must choose the very same upstream (needs the default upstream ports)
  --no-messages         admin: compare status codes only
  --server-pages        also compare the text of the stock HTML pages of Kong's HTTP server
  --quirks              also replay exchanges marked "quirk" (things no gateway should copy)
 other: --upstream-ports 29101,29102,29103  --only SUBSTRING  --group NAME  --json FILE (full result)  --verbose  --max-failures-shown N`;

function shell(cmd, env) {
  return new Promise((resolve) => { const p = spawn('/bin/sh', ['-c', cmd], { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } }); p.on('close', resolve); p.on('error', () => resolve(127)); });
}
const dig = (o, p) => p.split('.').reduce((v, k) => (v == null ? v : v[k]), o);
async function revision(url, field) {
  try {
    const r = await fetch(url, { signal: AbortSignal.timeout(1000) }); const t = await r.text();
    const j = tryJson(t); let v;
    if (j) for (const f of field ? [field] : ['configuration_hash', 'config_hash', 'config_revision', 'revision', 'hash']) { v = dig(j, f); if (v !== undefined) break; }
    return { ok: r.status === 200, v };
  } catch { return { ok: false }; }
}
async function main() {
  const argv = process.argv.slice(2); const o = { dirs: [] };
  for (let i = 0; i < argv.length; i++) {
    const k = argv[i].replace(/^--/, '');
    if (k === 'help' || k === 'h') { console.log(HELP); return; }
    if (['verbose', 'quirks', 'server-pages', 'loose-query', 'strict-hash', 'no-messages'].includes(k)) o[k] = true;
    else if (k === 'dir') o.dirs.push(argv[++i]);
    else o[k] = argv[++i];
  }
  if (!o.dirs.length || !o['proxy-port']) { console.error(HELP); process.exitCode = 2; return; }
  const list = (s, d) => (s ? s.split(',').map((x) => x.trim().toLowerCase()).filter(Boolean) : d);
  const opt = { ignoreUpstream: list(o['ignore-upstream-headers'], DEFAULT_IGNORE_UPSTREAM), ignoreResponse: list(o['ignore-response-headers'], DEFAULT_IGNORE_RESPONSE), onlyResponse: list(o['response-headers'], null), looseQuery: o['loose-query'], serverPages: o['server-pages'], strictHash: o['strict-hash'] };
  const ports = (o['upstream-ports'] || '29101,29102,29103').split(',').map(Number);
  const ctx = new Ctx({ proxyPort: +o['proxy-port'], adminPort: o['admin-port'] ? +o['admin-port'] : 0, ports });
  const ups = new Upstreams(ports); await ups.start();
  let scen = [];
  for (const d of o.dirs) for (const f of fs.readdirSync(d).sort()) if (f.endsWith('.json')) { const j = JSON.parse(fs.readFileSync(path.join(d, f), 'utf8')); if (j.exchanges) scen.push(j); }
  if (o.only) scen = scen.filter((s) => s.scenario.includes(o.only));
  if (o.group) scen = scen.filter((s) => s.group === o.group);
  const key = (s) => JSON.stringify(sortKeys(s.node_settings || {}));
  scen.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)); // "{}" sorts last; order by settings to restart rarely
  scen = [...scen.filter((s) => key(s) === '{}'), ...scen.filter((s) => key(s) !== '{}')];
  const groups = {}; let passed = 0; let total = 0; let skipped = 0; let shown = 0; const maxShown = +(o['max-failures-shown'] || 1e9); const results = []; let current = '{}';
  const file = o['config-file'] || path.join((await import('node:os')).tmpdir(), `replay-config-${process.pid}.json`);
  const fill = (c) => c.replaceAll('{file}', file).replaceAll('{port}', String(ctx.proxyPort)).replaceAll('{admin}', String(ctx.adminPort));
  let loaded = null; // the configuration the gateway has now
  const applySettings = async (ns) => {
    loaded = null;
    const sf = file + '.settings.json'; fs.writeFileSync(sf, JSON.stringify(ns));
    const env = Object.fromEntries(Object.entries(ns).map(([k, v]) => ['KONG_' + k.toUpperCase(), String(v)]));
    await shell(fill(o['apply-settings']).replaceAll('{settings}', sf), env);
  };
  for (const s of scen) {
    const g = (groups[s.group] ??= { passed: 0, total: 0, skipped: 0 });
    const runnable = s.exchanges.filter((x) => (x.kind !== 'admin' || ctx.adminPort) && (!x.quirk || o.quirks));
    const off = s.exchanges.length - runnable.length;
    if (key(s) !== '{}' && !o['apply-settings']) { g.skipped += s.exchanges.length; skipped += s.exchanges.length; console.log(`SKIP ${s.scenario}: needs node settings ${key(s)}`); continue; }
    g.skipped += off; skipped += off;
    if (!runnable.length) continue;
    if (key(s) !== current) { await applySettings(s.node_settings || {}); current = key(s); }
    await waitForWindow(s.window_seconds);
    if (s.config) {
      const before = o['ready-url'] ? await revision(o['ready-url'], o['ready-field']) : null;
      const text = JSON.stringify(ctx.deep(s.config), null, 1); const same = text === loaded; loaded = text;
      fs.writeFileSync(file + '.tmp', text); fs.renameSync(file + '.tmp', file);
      if (o.load) { const rc = await shell(fill(o.load)); if (rc) console.log(`LOAD ${s.scenario}: command ended with ${rc}`); }
      if (o['ready-url']) {
        const t0 = Date.now(); let r;
        do { r = await revision(o['ready-url'], o['ready-field']); if (r.ok && (same || r.v === undefined || r.v !== before.v)) break; await sleep(25); } while (Date.now() - t0 < 5000);
      }
      if (o['after-load']) await shell(fill(o['after-load']));
      await sleep(+(o['settle-ms'] ?? 150));
    }
    ctx.capture = {}; opt.answers = new Map(); let bad = 0;
    for (const x of runnable) {
      if (s.pause_ms) await sleep(s.pause_ms);
      if (s.fresh_connections) { ups.closeIdle(); await sleep(12); }
      let diffs;
      try {
        const got = await runExchange(x, ctx, ups);
        if (x.kind === 'burst') diffs = compareBurst(x, got, opt);
        else if (x.kind === 'admin') {
          diffs = [];
          if (got.response.status !== x.response.status) diffs.push(`status ${got.response.status} want ${x.response.status}`);
          if (!o['no-messages'] && x.response.json !== undefined) {
            const a = sortErrors(tryJson(got.response.body) ?? got.response.body); const e = sortErrors(ctx.deep(x.response.json));
            if (typeof e === 'string' && typeof a === 'string') { if (/^\s*</.test(e) ? false : !matches(e, a)) diffs.push(`body ${short(a)} want ${short(e)}`); } else if (!jsonMatches(sortKeys(e), sortKeys(a))) diffs.push(`body ${short(JSON.stringify(a))} want ${short(JSON.stringify(e))}`);
          }
        } else diffs = compareExchange(x, got, ctx, opt);
      } catch (e) { diffs = [`replayer: ${e.message}`]; }
      if (x.kind === 'admin' && x.response.status === 201) loaded = null;
      g.total++; total++;
      if (!diffs.length) { g.passed++; passed++; } else {
        bad++;
        if (shown++ < maxShown) console.log(`FAIL ${s.scenario}/${x.id} ${x.request.method} ${short(x.request.target).slice(0, 100)}: ${o.verbose ? '\n   ' + diffs.join('\n   ') : diffs.slice(0, 4).join('; ') + (diffs.length > 4 ? `; +${diffs.length - 4}` : '')}`);
      }
      results.push({ scenario: s.scenario, id: x.id, ok: !diffs.length, diffs });
    }
    if (o.verbose) console.log(`     ${s.scenario}: ${runnable.length - bad}/${runnable.length}`);
  }
  if (current !== '{}' && o['apply-settings']) await applySettings({});
  for (const [n, g] of Object.entries(groups).sort()) console.log(`REPLAY ${n} ${g.passed}/${g.total} exchanges${g.skipped ? ` (${g.skipped} skipped)` : ''}`);
  console.log(`REPLAY ${passed}/${total} exchanges${skipped ? ` (${skipped} skipped)` : ''}`);
  if (o.json) fs.writeFileSync(o.json, JSON.stringify({ passed, total, skipped, groups, results }, null, 1));
  await ups.stop();
}
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main().then(() => { setTimeout(() => process.exit(process.exitCode || 0), 20); });
