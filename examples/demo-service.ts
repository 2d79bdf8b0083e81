import { once } from 'node:events';
import { type Server, createServer } from 'node:http';

/**
 * Starts a service that answers every request with what it received, as JSON.
 *
 * @param port on 127.0.0.1
 * @throws when the port is taken
 */
export async function startDemoService(port: number): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const received = { method: request.method, path: request.url, headers: request.headers };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ service: 'demo', received }, null, 2) + '\n');
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
