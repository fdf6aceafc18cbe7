/**
 * The model that `--model` names: the starter, a folder or zip of this machine, or a model of the hub, which is then downloaded as in the
 * page (resumed, hashed, kept) and read from the disk.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../engine/models/config.ts';
import { PATIENCE, type HubConnection } from '../hub/hub-connection.ts';
import { parseHubRequest, type HubId } from '../hub/hub-id.ts';
import { fetchModel } from '../hub/hub-model.ts';
import type { ModelFolder } from '../hub/model-folder.ts';
import { HUB } from '../lib/hub-address.ts';
import { Problem } from '../lib/problem.ts';
import type { ModelSource } from '../protocol/trainer.ts';
import type { TrainCommand } from './command-line.ts';
import { openModel } from './disk.ts';
import { diskFiles } from './disk-files.ts';

/** HF_TOKEN, HF_ENDPOINT and XDG_CACHE_HOME are read. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface FoundModel {
  readonly name: string;
  /** What it is to the trainer, and to the model card. */
  readonly source: ModelSource;
  /** The commit of the hub; null for a model of this machine. */
  readonly commit: string | null;
  readonly open: () => Promise<ModelFolder>;
}

export interface Seeking {
  readonly environment: Environment;
  readonly say: (line: string) => void;
}

const STARTER = fileURLToPath(new URL('../../public/models/starter/', import.meta.url));
const PROGRESS_EVERY_MS = 5000;

/** What nobody would call a model of the hub. */
const PATH = /^[./~]|^[a-z]:|\\|\.zip$/i;

function onDisk(path: string): FoundModel {
  return { name: basename(path), source: { kind: 'files', files: [] }, commit: null, open: () => openModel(path) };
}

/** The model of the hub that the words name; null where they name a path. Throws a `Problem` for a revision of a path. */
function hubModel({ model, revision }: TrainCommand, path: string): HubId | null {
  if (!existsSync(path) && !PATH.test(model)) return parseHubRequest(model, revision);
  if (revision === '') return null;
  throw new Problem({
    where: '--revision',
    expected: 'a model of the hub beside it',
    found: `the path ${model}`,
    fix: 'Leave it out, or name a model such as google-bert/bert-base-uncased.',
  });
}

function connect({ HF_ENDPOINT: endpoint = HUB, HF_TOKEN: token = '' }: Environment): HubConnection {
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new Problem({
      where: 'HF_ENDPOINT',
      expected: `an address such as ${HUB}`,
      found: `"${endpoint}"`,
      fix: 'Set it to the address of the hub, or unset it.',
    });
  }
  return {
    endpoint: endpoint.replace(/\/+$/, ''),
    token: token.trim() || null,
    signal: new AbortController().signal,
    fetcher: fetch,
    patience: PATIENCE,
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** Throws `Problem`; what came so far is kept and not downloaded again. */
async function download(model: HubId, folder: string, { environment, say }: Seeking): Promise<FoundModel> {
  const connection = connect(environment);
  say(`There is no folder ${model.id} here: asking ${new URL(connection.endpoint).host} for the model of that name.`);
  let said = performance.now();
  const { id, commit, key } = await fetchModel({
    connection,
    store: diskFiles(folder),
    model,
    onProgress: (done, total) => {
      if (performance.now() - said < PROGRESS_EVERY_MS) return;
      said = performance.now();
      say(`  download ${Math.floor((100 * done) / total)} %, ${megabytes(done)} of ${megabytes(total)} MB`);
    },
    checkConfig: async (config) => void parseConfig(config),
  });
  return { name: id, source: { kind: 'hub', key, id }, commit, open: () => openModel(join(folder, key), id) };
}

/** `from`: the folder that paths are meant from. Throws `Problem` when the hub does not give the model. */
export async function findModel(command: TrainCommand, from: string, seeking: Seeking): Promise<FoundModel> {
  if (command.model === 'starter') return { ...onDisk(STARTER), name: 'Starter', source: { kind: 'starter' } };
  const path = resolve(from, command.model);
  const wanted = hubModel(command, path);
  if (!wanted) return onDisk(path);
  const { XDG_CACHE_HOME: caches = join(homedir(), '.cache') } = seeking.environment;
  return download(wanted, command.cache === null ? join(caches, 'tabtune', 'models') : resolve(from, command.cache), seeking);
}
