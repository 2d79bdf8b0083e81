import { hostWithOptionalPort } from '../../plugin/checks.ts';
import { isFramingField, warnOfOwnFields } from '../../plugin/framing-names.ts';
import { HeaderEdits, type NamedEdit } from '../../plugin/header-edits.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { nameValue, nameValues } from '../../plugin/name-value.ts';
import type { PluginLog, RequestView } from '../../plugin/plugin.ts';
import { Template } from '../../plugin/template/template.ts';
import type { Scope } from '../../plugin/template/value.ts';
import { ChangeSet, type ConfiguredChanges } from './change-set.ts';
import { VARIABLES } from './request-scope.ts';
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

/** What the configuration does to the headers of a request. */
export class HeaderChanges {
  readonly isEmpty: boolean;
  /** Whether nothing of it depends on the request. */
  readonly isConstant: boolean;
  readonly #edits: HeaderEdits;
  /** What stands in the place of values that depend on the request, in the order of their places. */
  readonly #values: readonly ((scope: Scope) => string)[];
  readonly #host: Template | null;

  constructor(configured: ConfiguredChanges, log: PluginLog) {
    const names = new ChangeSet(configured).names;
    warnOfOwnFields(names, isOwn, log);
    const values: ((scope: Scope) => string)[] = [];
    const compiled = (texts: readonly string[]): NamedEdit[] =>
      nameValues(texts)
        .filter(({ name }) => isSettable(name))
        .map(({ name, value }) => {
          const template = Template.parse(value, VARIABLES);
          if (template.constant !== null) return { name, value: fieldValue(template.constant) };
          const fitted = fittedLast();
          const place = values.push((scope) => fitted(template.render(scope))) - 1;
          return { name, value: place };
        });
    this.#edits = new HeaderEdits({
      remove: configured.remove.map((text) => nameValue(text).name).filter(isSettable),
      rename: nameValues(configured.rename).filter(
        ({ name, value }) => isSettable(name) && isSettable(value),
      ),
      replace: compiled(configured.replace),
      add: compiled(configured.add),
      append: compiled(configured.append),
    });
    this.#values = values;
    // Of Host there is always one, so that only its replacement has a meaning.
    const host = nameValues(configured.replace).findLast(({ name }) => isHost(name));
    this.#host = host === undefined ? null : Template.parse(host.value, VARIABLES);
    this.isEmpty = this.#edits.isEmpty && this.#host === null;
    this.isConstant = values.length === 0 && this.#host?.constant !== null;
  }

  /**
   * @returns what to do, once every template is filled in
   * @throws RenderError
   * @throws UnfitValue for a host that is none
   */
  render(scope: Scope): (request: RequestView) => void {
    const values = this.#values.map((render) => render(scope));
    const host = this.#host?.render(scope);
    if (
      host !== undefined &&
      this.#host!.constant === null &&
      hostWithOptionalPort(host) !== undefined
    ) {
      throw new UnfitValue('what is to be the host is none');
    }
    return (request) => {
      if (host !== undefined) request.setHeader('Host', fieldValue(host));
      request.edit(this.#edits, values);
    };
  }
}

/** `fieldValue` for one place: most clients say the same as the one before. */
function fittedLast(): (text: string) => string {
  let last = '';
  let fitted = '';
  return (text) => {
    if (text === last) return fitted;
    last = text;
    return (fitted = fieldValue(text));
  };
}

function isHost(name: string): boolean {
  return name.toLowerCase() === 'host';
}

function isOwn(name: string): boolean {
  const lower = name.toLowerCase();
  return OWN.has(lower) || isFramingField(lower);
}

function isSettable(name: string): boolean {
  return !isOwn(name) && !isHost(name);
}
