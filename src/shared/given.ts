/** With `exactOptionalPropertyTypes` an optional property is either there with a value or not there. */
type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The properties that have a value: those that are undefined are left out. */
export const given = <T extends object>(properties: T): Given<T> =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Given<T>;

/** For calls that answer with nothing. */
export async function done(work: unknown): Promise<undefined> {
  await work;
  return undefined;
}
