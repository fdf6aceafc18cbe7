/** What a person types or pastes to name a model of the Hugging Face hub: "owner/name", or the address of its page. */
import { Problem } from '../lib/problem.ts';

export interface HubId {
  /** "owner/name"; a few old models have no owner. */
  readonly id: string;
  /** The branch, tag or commit that the address names; null when it names none. */
  readonly revision: string | null;
}

const HOSTS = ['huggingface.co', 'www.huggingface.co', 'hf.co'];
/** The hub's own rule for a name: letters, digits, "-", "_" and ".", none of them first or last but letters, digits and "_". */
const NAME = /^\w(?:[\w.-]{0,94}\w)?$/;
const REVISION = /^[\w][\w./-]{0,254}$/;

function isName(name: string | undefined): name is string {
  return name !== undefined && NAME.test(name) && !name.includes('..') && !name.includes('--');
}

function wrong(found: string): Problem {
  return new Problem({
    where: 'Hub model',
    expected: 'a model such as google-bert/bert-base-uncased, or the address of its page',
    found,
    fix: 'Copy the name from the top of the model’s page at huggingface.co.',
  });
}

/** Whether a branch, tag or commit may be called so. */
function isRevision(text: string): boolean {
  return REVISION.test(text) && !text.includes('..');
}

/** The parts of the path, without the host when there is one. */
function pathParts(text: string): string[] {
  const bare = text.replace(/^https?:\/\//i, '').replace(/[?#].*$/, '');
  const [host = '', ...path] = bare.split('/');
  const hasHost = HOSTS.includes(host.toLowerCase());
  if (text !== text.replace(/^https?:\/\//i, '') && !hasHost) throw wrong(`an address of ${host.slice(0, 60)}`);
  const parts = hasHost ? path : [host, ...path];
  return parts.filter((part) => part !== '');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Throws `Problem` for what is no name of a model. */
export function parseHubId(text: string): HubId {
  const trimmed = text.trim();
  if (trimmed === '') throw wrong('nothing');
  const parts = pathParts(trimmed);
  const [first] = parts;
  if (first === 'datasets' || first === 'spaces') throw wrong(`one of the hub's ${first}`);
  const at = parts.findIndex((part, i) => i > 0 && /^(tree|blob|resolve|raw|commit)$/.test(part));
  const names = at < 0 ? parts : parts.slice(0, at);
  if (names.length === 0 || names.length > 2 || !names.every(isName)) throw wrong(`"${trimmed.slice(0, 80)}"`);
  if (at < 0) return { id: names.join('/'), revision: null };
  const revision = decoded(parts[at + 1] ?? '');
  if (!isRevision(revision)) throw wrong(`a revision "${revision.slice(0, 80)}"`);
  return { id: names.join('/'), revision };
}

/** The model, with what was typed as its revision; left empty, what the address says. Throws `Problem`. */
export function parseHubRequest(model: string, revision: string): HubId {
  const parsed = parseHubId(model);
  const typed = revision.trim();
  if (typed === '') return parsed;
  if (isRevision(typed)) return { ...parsed, revision: typed };
  throw new Problem({
    where: 'Revision',
    expected: 'a branch, tag or commit',
    found: `"${typed.slice(0, 80)}"`,
    fix: 'Leave it empty for the latest, or copy it from the model’s page at huggingface.co.',
  });
}
