import { createServer, type Server, type ServerResponse } from 'node:http';
import { GatewayTokens, type GatewayTokensOptions } from './gateway-tokens.ts';

/** A service that answers nobody who goes around the gateway. */
export function createOrdersService(options: GatewayTokensOptions): Server {
  const tokens = new GatewayTokens(options);
  return createServer((request, response) => {
    const token = request.headers['x-gateway-token'];
    tokens.read(typeof token === 'string' ? token : undefined).then(
      (claims) => {
        if (claims === null) return answer(response, 401, { message: 'Come through the gateway' });
        // What the token says is proven; X-Consumer-* fields are not.
        answer(response, 200, { orders: [], of: claims.consumer?.username ?? null });
      },
      (error: unknown) => {
        console.error((error as Error).message);
        answer(response, 503, { message: 'Requests cannot be verified at the moment' });
      },
    );
  });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

if (import.meta.main) {
  const [port = '9000', jwksUrl = 'http://127.0.0.1:8007/status/jwks'] = process.argv.slice(2);
  const options = { jwksUrl, issuer: 'sluice', audience: 'orders' };
  createOrdersService(options).listen(Number(port), '127.0.0.1');
}
