-- How long each record's text is, also of those that come later.
ALTER TABLE record ADD COLUMN weight INTEGER;
UPDATE record SET weight = length(json);
CREATE TRIGGER record_weight AFTER INSERT ON record BEGIN
  UPDATE record SET weight = length(new.json) WHERE rowid = new.rowid;
END;
