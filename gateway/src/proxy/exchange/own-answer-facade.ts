import { membersOf, messageOf, type Members } from '../../plugin/answer-content.ts';
import type { OwnAnswer } from '../../plugin/exchange.ts';
import type { HttpExchange } from './exchange.ts';
import { wantedType, type LocalAnswer } from '../own-answers.ts';
import { reasonOf } from '../status-page.ts';

/** The answer of the gateway's own that stands in an exchange, as plugins see and change it. */
export class OwnAnswerFacade implements OwnAnswer {
  readonly #exchange: HttpExchange;
  readonly #local: LocalAnswer;
  readonly message: string;
  readonly members: Members | null;

  /** @param exchange that is answered */
  constructor(exchange: HttpExchange) {
    this.#exchange = exchange;
    this.#local = exchange.local!;
    const { body, status, message } = this.#local;
    this.members = membersOf(body);
    this.message = message ?? messageOf(body, this.members, reasonOf(status));
  }

  get status(): number {
    return this.#local.status;
  }

  get reason(): string {
    return this.#exchange.reason ?? '';
  }

  get inGrpc(): boolean {
    return this.#local.inGrpc;
  }

  get wantedType(): string | null {
    return wantedType(this.#exchange);
  }

  setBody(body: string): void {
    if (this.inGrpc) throw new TypeError('an answer of gRPC has no body');
    if (this.#exchange.headSent) throw new TypeError('setBody() is for response-header handlers');
    this.#exchange.local = { ...this.#local, body, message: this.message };
  }
}
