/**
 * Every run, in IndexedDB: what it was told, what it measured, its curves step by step, and what its last evaluation said of each row. The
 * model itself lies in OPFS (run-files.ts). Nothing here is a text of the person's.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { BackendName } from '../engine/backend/types.ts';
import type { CompleteArguments, Evaluation } from '../engine/train/arguments.ts';
import type { EvaluatedRows } from '../engine/train/evaluated-rows.ts';
import type { StepColumns } from '../engine/train/step-series.ts';
import { Problem, type ProblemText } from '../lib/problem.ts';

/** `running`: it is on, or the page went away before it could say how it ended. */
export type RunOutcome = 'running' | 'finished' | 'stopped' | 'failed' | 'interrupted';

/** Where its model came from. */
export interface BaseModel {
  readonly kind: 'starter' | 'hub' | 'files' | 'run';
  readonly name: string;
  readonly parameters: number;
}

export interface RunData {
  readonly name: string;
  readonly fingerprint: string;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

export interface RunRecord {
  readonly id: string;
  /** Counts up on this machine, from 1. */
  readonly number: number;
  readonly name: string;
  readonly note: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: RunOutcome;
  /** Why it failed. */
  readonly problem: ProblemText | null;
  readonly settings: CompleteArguments;
  readonly data: RunData;
  readonly classes: readonly string[];
  readonly pairs: boolean;
  readonly model: BaseModel;
  readonly compute: { readonly backend: BackendName; readonly title: string };
  readonly totalSteps: number;
  readonly guessingLoss: number;
  readonly steps: number;
  /** Without pauses. */
  readonly seconds: number;
  readonly evaluations: readonly Evaluation[];
  /** Of the weights that the run ended with; until then the latest. */
  readonly evaluation: Evaluation | null;
  readonly best: Evaluation | null;
  readonly weightsStep: number;
  readonly test: Evaluation | null;
  /** Bytes of the model that is kept with it; null: none is. */
  readonly modelBytes: number | null;
  /** Why its model could not be kept. */
  readonly modelProblem: ProblemText | null;
  /** Since when it is deleted and could be brought back. */
  readonly deletedAt: number | null;
}

/** A piece of a run's curves, in the order of their steps. */
interface CurvePart extends StepColumns {
  readonly run: string;
  readonly from: number;
}

interface Schema extends DBSchema {
  runs: { key: string; value: RunRecord };
  curves: { key: [run: string, from: number]; value: CurvePart };
  rows: { key: string; value: EvaluatedRows & { readonly run: string } };
}

/** What is kept beside a record. */
export interface RunMore {
  /** The steps from the first of these on; what stood there before goes. */
  readonly curves?: StepColumns;
  readonly rows?: EvaluatedRows | undefined;
}

export interface RunRecords {
  list(): Promise<readonly RunRecord[]>;
  put(record: RunRecord): Promise<void>;
  /** Changes a record that is there, and writes what comes with it, all or nothing; what it is then, null when it is gone. */
  change(id: string, change: (record: RunRecord) => RunRecord, more?: RunMore): Promise<RunRecord | null>;
  curves(id: string): Promise<readonly StepColumns[]>;
  rows(id: string): Promise<EvaluatedRows | null>;
  remove(id: string): Promise<void>;
}

const VERSION = 1;

async function open(name: string): Promise<IDBPDatabase<Schema>> {
  try {
    return await openDB<Schema>(name, VERSION, {
      upgrade(database) {
        database.createObjectStore('runs', { keyPath: 'id' });
        database.createObjectStore('curves', { keyPath: ['run', 'from'] });
        database.createObjectStore('rows', { keyPath: 'run' });
      },
      // A page of a later version asks for the database: let it have it.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
  } catch (error) {
    throw new Problem({
      where: 'Runs',
      expected: "a place in the browser's database",
      found: error instanceof Error ? error.message : String(error),
      fix: 'Allow this site to keep data (a private window may not), and close other tabs of it. Training works without.',
    });
  }
}

function full(error: unknown): unknown {
  if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') return error;
  return new Problem({
    where: 'Runs',
    expected: 'room on the disk to keep this run',
    found: 'that the disk is full',
    fix: 'Free storage under "Runs", or free room on the disk. The run goes on, and its model can be downloaded.',
  });
}

/** The curves of one run, whatever their first step. */
const allOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id, 0], [id, Infinity]);

/** The database of that name; it is opened when it is first asked. */
export function openRunRecords(name = 'tabtune-runs'): RunRecords {
  let opening: Promise<IDBPDatabase<Schema>> | null = null;
  const database = async (): Promise<IDBPDatabase<Schema>> => {
    opening ??= open(name);
    try {
      return await opening;
    } catch (error) {
      opening = null;
      throw error;
    }
  };
  const write = async (work: (database: IDBPDatabase<Schema>) => Promise<void>): Promise<void> => {
    try {
      await work(await database());
    } catch (error) {
      throw full(error);
    }
  };

  return {
    list: async () => (await database()).getAll('runs'),
    put: (record) =>
      write(async (db) => {
        await db.put('runs', record);
      }),
    async change(id, change, { curves, rows } = {}) {
      let changed: RunRecord | null = null;
      await write(async (db) => {
        const transaction = db.transaction(['runs', 'curves', 'rows'], 'readwrite');
        const store = transaction.objectStore('runs');
        const record = await store.get(id);
        if (record) {
          changed = change(record);
          await store.put(changed);
          if (rows) await transaction.objectStore('rows').put({ ...rows, run: id });
          const from = curves?.step[0];
          if (curves && from !== undefined) {
            await transaction.objectStore('curves').delete(IDBKeyRange.bound([id, from], [id, Infinity]));
            await transaction.objectStore('curves').put({ ...curves, run: id, from });
          }
        }
        await transaction.done;
      });
      return changed;
    },
    curves: async (id) => (await database()).getAll('curves', allOf(id)),
    rows: async (id) => (await (await database()).get('rows', id)) ?? null,
    remove: (id) =>
      write(async (db) => {
        const transaction = db.transaction(['runs', 'curves', 'rows'], 'readwrite');
        await Promise.all([
          transaction.objectStore('runs').delete(id),
          transaction.objectStore('curves').delete(allOf(id)),
          transaction.objectStore('rows').delete(id),
          transaction.done,
        ]);
      }),
  };
}
