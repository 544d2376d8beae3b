import { db } from '@/lib/db/pool';

/** Whether the database answers within two seconds. Needs no actor: it tells nothing of any workspace. */
export async function databaseAnswers(): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), 2000);
  });
  const asked = db()
    .query('SELECT 1')
    .then(
      () => true,
      () => false,
    );
  const answer = await Promise.race([asked, late]);
  clearTimeout(timer);
  return answer;
}
