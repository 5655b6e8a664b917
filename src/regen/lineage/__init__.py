"""dvc.yaml files from the registered pipelines, the catalog and the import graph."""
