-- Records of the application around the engine. Their body is JSON that the engine never looks into.
CREATE TABLE IF NOT EXISTS document (
  row_key BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  collection VARCHAR(64) NOT NULL,
  id VARCHAR(255) NOT NULL,
  project_id VARCHAR(255) NOT NULL,
  name VARCHAR(255) NOT NULL,
  parent_id VARCHAR(255),
  reference VARCHAR(255),
  unique_key VARCHAR(255),
  shared INT NOT NULL,
  body LONGTEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  UNIQUE KEY document_id (collection, id),
  -- A collection in the order in which it was made.
  KEY document_in_order (collection, row_key),
  KEY document_by_name (collection, name, row_key),
  KEY document_by_project (collection, project_id, row_key),
  -- Serves "all ports of a network".
  KEY document_by_parent (collection, parent_id, row_key),
  -- Serves "all ports of a device".
  KEY document_by_reference (collection, reference, row_key),
  -- NULL differs from NULL, so only keys that are given are unique.
  UNIQUE KEY document_unique_key (collection, unique_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
