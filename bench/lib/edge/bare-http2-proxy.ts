/**
 * The least proxy that can be made of `node:http2` at both ends: every request on one connection to
 * the backend. Arguments: port, port of the backend.
 */
import http2 from 'node:http2';

const [port = 0, backend = 0] = process.argv.slice(2).map(Number);
const session = http2.connect(`http://127.0.0.1:${backend}`);

http2
  .createServer()
  .on('stream', (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => {
    const upstream = session.request({
      ':method': headers[':method'],
      ':path': headers[':path'],
      'content-type': headers['content-type'],
      te: 'trailers',
    });
    upstream.on('response', (answer) => {
      // The load has ended meanwhile.
      if (stream.destroyed) return;
      stream.respond(
        { ':status': answer[':status'], 'content-type': answer['content-type'] },
        { waitForTrailers: true },
      );
      upstream.pipe(stream);
    });
    let trailers: http2.IncomingHttpHeaders = {};
    upstream.on('trailers', (fields) => (trailers = fields));
    stream.on('wantTrailers', () => {
      if (!stream.destroyed) stream.sendTrailers({ ...trailers });
    });
    stream.on('error', () => upstream.close());
    upstream.on('error', () => stream.close());
    stream.pipe(upstream);
  })
  .listen(port, '127.0.0.1');
