-- The words of a run with those of the clauses it broke ("id" was the breach's own), at a fraction of the work.

-- The words of a text, as they stand: what ASCII has between other than letters and digits parts them, in lower case.
CREATE OR REPLACE FUNCTION words_in(told text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_remove(string_to_array(translate(lower(told), E'-_./:@#!"$%&''()*+,;<=>?[\\]^`{|}~\t\r\n',
    '                                   '), ' '), '') $$;

CREATE OR REPLACE FUNCTION words_query(told text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg('''' || word || ''':*', ' & ')::tsquery
    FROM (SELECT DISTINCT left(word, 100) AS word FROM unnest(words_in(left(told, 400))) AS word) AS typed $$;

-- No word is longer than a lexeme may be.
CREATE OR REPLACE FUNCTION run_words_of(id uuid, key text, conversation text, facts jsonb) RETURNS tsvector
  LANGUAGE sql STABLE AS $$
  SELECT array_to_tsvector(words_in(concat_ws(' ', left(key, 400), left(conversation, 400), told,
      (SELECT string_agg(left(b.clause, 400) || ' ' || b.code, ' ') FROM breach b WHERE b.run_id = $1))) || named)
    FROM (SELECT string_agg(left(tool, 200), ' ') AS told, coalesce(array_agg('=' || left(tool, 200)), '{}') AS named
            FROM jsonb_object_keys(CASE jsonb_typeof(facts -> 'callsByTool') WHEN 'object' THEN facts -> 'callsByTool'
              ELSE '{}' END) AS tool) AS tools $$;

INSERT INTO run_words_change (run_id) SELECT id FROM run WHERE breach_count > 0;
