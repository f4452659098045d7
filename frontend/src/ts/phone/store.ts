/** Two small stores in IndexedDB: the outbox, and what is kept beside it (whose phone this is, the carnet, the pace). */
const DATABASE = "equipage";
const VERSION = 1;
export const OUTBOX = "outbox";
export const KEPT = "kept";

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(DATABASE, VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(OUTBOX, { keyPath: "key" });
      asked.result.createObjectStore(KEPT);
    };
    asked.onsuccess = () => {
      // Another page wants to erase or renew the database: never stand in its way.
      asked.result.onversionchange = () => asked.result.close();
      done(asked.result);
    };
    asked.onerror = () => failed(asked.error);
    asked.onblocked = () => failed(new Error("blocked"));
  });
}

/**
 * One transaction on both stores; its result once it is on the disk, so that a page killed just after has lost nothing.
 * `work` may only wait for requests of that transaction.
 */
export async function transact<T>(
  mode: IDBTransactionMode,
  work: (outbox: IDBObjectStore, kept: IDBObjectStore) => Promise<T> | T,
): Promise<T> {
  const database = await open();
  try {
    const transaction = database.transaction([OUTBOX, KEPT], mode, { durability: "strict" });
    const ended = new Promise<void>((done, failed) => {
      transaction.oncomplete = () => done();
      transaction.onabort = () => failed(transaction.error ?? new Error("abort"));
    });
    const result = await work(transaction.objectStore(OUTBOX), transaction.objectStore(KEPT));
    await ended;
    return result;
  } finally {
    database.close();
  }
}

/** The result of one request. */
export function got<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

/** A value kept under a name, or undefined. */
export function kept<T>(name: string): Promise<T | undefined> {
  return transact("readonly", (_, store) => got(store.get(name) as IDBRequest<T | undefined>));
}

/** Keep a value under a name; undefined forgets it. */
export function keep(name: string, value: unknown): Promise<void> {
  return transact("readwrite", (_, store) => {
    if (value === undefined) store.delete(name);
    else store.put(value, name);
  });
}

/** Nothing stays: rows first (certain), then the database itself. */
export async function wipe(): Promise<void> {
  await transact("readwrite", (outbox, store) => {
    outbox.clear();
    store.clear();
  });
  await new Promise<void>((done) => {
    const asked = indexedDB.deleteDatabase(DATABASE);
    asked.onsuccess = asked.onerror = asked.onblocked = () => done();
  });
}
