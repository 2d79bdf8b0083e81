import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { grpcStatusIn } from './grpc-answer.ts';
import { FIELDS_END, MessageHead } from './http1/message-head.ts';

function fields(text: string): MessageHead {
  const bytes = Buffer.from(`${text}\r\n`);
  const head = new MessageHead();
  const found = head.parseFields(String(bytes), bytes, 0, 0, bytes.length, 10, 1000);
  assert.equal(found, FIELDS_END);
  return head;
}

const grpc = fields('content-type: application/grpc+proto\r\n');

describe('grpcStatusIn', () => {
  it('finds the status behind the messages, or in the head where there are none', () => {
    assert.equal(grpcStatusIn(grpc, fields('grpc-status: 0\r\n')), 0);
    assert.equal(grpcStatusIn(grpc, fields('more: 1\r\ngrpc-status: 14\r\n')), 14);
    const alone = fields('content-type: application/grpc\r\ngrpc-status: 12\r\n');
    assert.equal(grpcStatusIn(alone, null), 12);
  });

  it('takes one that is missing or none of gRPC for UNKNOWN, as clients do', () => {
    for (const status of ['17', '99999999', '-1', 'ok', '']) {
      assert.equal(grpcStatusIn(grpc, fields(`grpc-status: ${status}\r\n`)), 2);
    }
    assert.equal(grpcStatusIn(grpc, null), 2);
  });

  it('finds none in a response that is not of gRPC', () => {
    const html = fields('content-type: text/html\r\ngrpc-status: 0\r\n');
    assert.equal(grpcStatusIn(html, null), -1);
    assert.equal(grpcStatusIn(fields(''), null), -1);
  });
});
