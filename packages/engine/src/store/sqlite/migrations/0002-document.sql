-- Records of the application around the engine. Their body is JSON that the engine never looks into.
CREATE TABLE document (
  row_key INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  name TEXT NOT NULL,
  parent_id TEXT,
  reference TEXT,
  unique_key TEXT,
  shared INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  UNIQUE (collection, id)
) STRICT;
-- A collection in the order in which it was made.
CREATE INDEX document_in_order ON document (collection, row_key);
CREATE INDEX document_by_name ON document (collection, name, row_key);
CREATE INDEX document_by_project ON document (collection, project_id, row_key);
-- Serves "all ports of a network".
CREATE INDEX document_by_parent ON document (collection, parent_id, row_key) WHERE parent_id IS NOT NULL;
-- Serves "all ports of a device".
CREATE INDEX document_by_reference ON document (collection, reference, row_key) WHERE reference IS NOT NULL;
CREATE UNIQUE INDEX document_unique_key ON document (collection, unique_key) WHERE unique_key IS NOT NULL;
