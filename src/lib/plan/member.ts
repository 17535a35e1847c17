/** The member of that name; undefined where there is none, also for names that every object has: `constructor`. */
export function member<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
