import { hostWithOptionalPort } from '../../plugin/checks.ts';
import { isFramingField, warnOfOwnFields } from '../../plugin/framing-names.ts';
import { fieldValue, inOnePiece } from '../../plugin/header-line.ts';
import { IDENTITY_NAMES } from '../../plugin/identity-names.ts';
import type { Exchange, PluginLog, RequestView } from '../../plugin/plugin.ts';
import type { Scope } from '../../plugin/template/value.ts';
import { applyChanges, ChangeSet } from './change-set.ts';
import type { ConfiguredChanges, NamedValues, Rendered, RenderedChanges } from './change-set.ts';
import { NO_SCOPE } from './request-scope.ts';
import { UnfitValue } from './unfit-value.ts';

/** What the gateway tells services itself, beside the fields that frame messages. */
const OWN: ReadonlySet<string> = new Set([
  'expect',
  'http2-settings',
  'proxy',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-path',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-real-ip',
  'x-kong-request-id',
  'x-sluice-request-id',
]);

const IDENTITY: ReadonlySet<string> = new Set(IDENTITY_NAMES);

/** What the configuration does to the headers of a request. */
export class HeaderChanges {
  readonly isEmpty: boolean;
  /** Whether nothing of it depends on the request. */
  readonly isConstant: boolean;
  /** Whether it has to do with fields that say who is asking. */
  readonly touchesIdentity: boolean;
  readonly #changes: ChangeSet;
  readonly #host: ChangeSet;
  /** What to do where nothing depends on the request and there are only lines to add. */
  readonly #addLines: ((ex: Exchange) => void) | null;

  constructor(configured: ConfiguredChanges, log: PluginLog) {
    warnOfOwnFields(new ChangeSet(configured).names, isOwn, log);
    this.#changes = new ChangeSet(configured, (name) => !isOwn(name) && !isHost(name));
    // Of Host there is always one, so that only its replacement has a meaning.
    this.#host = new ChangeSet({ ...NOTHING, replace: configured.replace }, isHost);
    this.isEmpty = this.#changes.isEmpty && this.#host.isEmpty;
    this.isConstant = this.#changes.isConstant && this.#host.isConstant;
    this.touchesIdentity = this.#changes.names.some((name) => IDENTITY.has(name.toLowerCase()));
    const lines = this.#host.isEmpty ? linesToAdd(this.#changes, this.touchesIdentity) : null;
    this.#addLines = lines === null ? null : (ex) => lines.addTo(ex);
  }

  /**
   * @returns what to do, once every template is filled in
   * @throws RenderError
   * @throws UnfitValue for a host that is none
   */
  render(scope: Scope): (ex: Exchange) => void {
    if (this.#addLines !== null) return this.#addLines;
    const changes = this.#changes.render(scope);
    const host = this.#host.render(scope).replace.at(-1)?.[1];
    if (host !== undefined && !this.#host.isConstant && hostWithOptionalPort(host) !== undefined) {
      throw new UnfitValue('what is to be the host is none');
    }
    return ({ request }) => {
      if (host !== undefined) request.setHeader('Host', fieldValue(host));
      applyChanges(changes, new RequestHeaders(request));
    };
  }
}

const NOTHING: ConfiguredChanges = { remove: [], rename: [], replace: [], add: [], append: [] };

function isHost(name: string): boolean {
  return name.toLowerCase() === 'host';
}

function isOwn(name: string): boolean {
  const lower = name.toLowerCase();
  return OWN.has(lower) || isFramingField(lower);
}

/** The headers of a request, whatever the case of their names. */
class RequestHeaders implements NamedValues {
  readonly #request: RequestView;

  constructor(request: RequestView) {
    this.#request = request;
  }

  has(name: string): boolean {
    return this.#request.header(name.toLowerCase()) !== undefined;
  }

  remove(name: string): void {
    this.#request.removeHeader(name);
  }

  rename(from: string, to: string): void {
    const [first, ...others] = this.#request.headerValues(from.toLowerCase());
    if (first === undefined || isOwn(to) || isHost(to)) return;
    if (from.toLowerCase() !== to.toLowerCase()) this.#request.removeHeader(from);
    this.#request.setHeader(to, first);
    for (const value of others) this.#request.addHeader(to, value);
  }

  set(name: string, value: string): void {
    this.#request.setHeader(name, fieldValue(value));
  }

  append(name: string, value: string): void {
    this.#request.addHeader(name, fieldValue(value));
  }
}

/** Lines for requests that have no fields of these names: put together once. */
class LinesToAdd {
  readonly #names: readonly string[];
  readonly #lines: string;
  readonly #changes: RenderedChanges;

  constructor(changes: RenderedChanges) {
    const all = [...changes.add, ...changes.append];
    this.#names = all.map(([name]) => name.toLowerCase());
    this.#lines = inOnePiece(all.map(lineOf).join(''));
    this.#changes = changes;
  }

  addTo(ex: Exchange): void {
    const { request } = ex;
    for (const name of this.#names) {
      if (request.header(name) === undefined) continue;
      applyChanges(this.#changes, new RequestHeaders(request));
      return;
    }
    ex.addUpstreamLines(this.#lines);
  }
}

function lineOf([name, value]: Rendered): string {
  return `${name}: ${fieldValue(value)}\r\n`;
}

function linesToAdd(changes: ChangeSet, touchesIdentity: boolean): LinesToAdd | null {
  if (!changes.isConstant || touchesIdentity) return null;
  const rendered = changes.render(NO_SCOPE);
  const { remove, rename, replace, add } = rendered;
  const names = add.map(([name]) => name.toLowerCase());
  const isPlain = remove.length + rename.length + replace.length === 0;
  return isPlain && new Set(names).size === names.length ? new LinesToAdd(rendered) : null;
}
