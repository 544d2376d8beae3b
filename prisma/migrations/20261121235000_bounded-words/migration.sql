-- Of a run at most 400 tools and 200 broken clauses: beyond a megabyte a tsvector silently loses words, and none of its words is found.
CREATE OR REPLACE FUNCTION run_words_of(id uuid, key text, conversation text, facts jsonb) RETURNS tsvector
  LANGUAGE sql STABLE AS $$
  SELECT array_to_tsvector(words_in(concat_ws(' ', left(key, 400), left(conversation, 400), told,
      (SELECT string_agg(b.clause || ' ' || b.code, ' ')
         FROM (SELECT DISTINCT left(clause, 200) AS clause, code FROM breach WHERE run_id = $1 LIMIT 200) AS b))) || named)
    FROM (SELECT string_agg(left(tool, 200), ' ') AS told, coalesce(array_agg('=' || left(tool, 200)), '{}') AS named
            FROM (SELECT tool FROM jsonb_object_keys(CASE jsonb_typeof(facts -> 'callsByTool') WHEN 'object' THEN facts -> 'callsByTool'
              ELSE '{}' END) AS tool LIMIT 400) AS first) AS tools $$;

INSERT INTO run_words_change (run_id) SELECT id FROM run WHERE tool_calls > 400;
