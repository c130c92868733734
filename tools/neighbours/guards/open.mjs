export const noUser = '00000000-0000-0000-0000-000000000000';

/** No check. The other rows are compared with it. The id in its answer has the length of theirs. */
export async function openGuard() {
  return { guards: [], userOf: () => noUser };
}
