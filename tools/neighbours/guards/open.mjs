export const nobody = '00000000-0000-0000-0000-000000000000';

/** No check at all: what the others are measured by. It answers an id as long as theirs, so that all write the same bytes. */
export async function openGuard() {
  return { guards: [], userOf: () => nobody };
}
