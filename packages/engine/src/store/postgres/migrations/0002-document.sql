-- Records of the application around the engine. Their body is JSON that the engine never looks into.
CREATE TABLE document (
  row_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  collection text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  parent_id text COLLATE "C",
  reference text COLLATE "C",
  unique_key text COLLATE "C",
  shared integer NOT NULL,
  body text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revision bigint NOT NULL,
  UNIQUE (collection, id)
);
-- A collection in the order in which it was made.
CREATE INDEX document_in_order ON document (collection, row_key);
CREATE INDEX document_by_name ON document (collection, name, row_key);
CREATE INDEX document_by_project ON document (collection, project_id, row_key);
-- Serves "all ports of a network".
CREATE INDEX document_by_parent ON document (collection, parent_id, row_key) WHERE parent_id IS NOT NULL;
-- Serves "all ports of a device".
CREATE INDEX document_by_reference ON document (collection, reference, row_key) WHERE reference IS NOT NULL;
CREATE UNIQUE INDEX document_unique_key ON document (collection, unique_key) WHERE unique_key IS NOT NULL;
