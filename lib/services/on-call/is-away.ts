/** SQL for whether the person `p` of the membership `m` is away at a moment, given as a parameter: `$3`. */
export function isAway(at: `$${number}`): string {
  return `EXISTS (SELECT FROM absence b WHERE b.workspace_id = m.workspace_id AND b.person_id = p.id
                       AND b.cancelled_at IS NULL AND b.starts_at <= ${at} AND b.ends_at > ${at})`;
}
