-- DropForeignKey
ALTER TABLE "audit_entry" DROP CONSTRAINT "audit_entry_workspace_id_fkey";

-- What the foreign key also did: a workspace that has a record is not deleted.
CREATE FUNCTION "keep_recorded_workspace"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "audit_entry" e WHERE e."workspace_id" = OLD."id") THEN
    RAISE EXCEPTION 'DELETE of workspace % is refused: its record is kept', OLD."id"
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN OLD;
END
$$;
CREATE TRIGGER "workspace_recorded" BEFORE DELETE ON "workspace"
  FOR EACH ROW EXECUTE FUNCTION "keep_recorded_workspace"();
