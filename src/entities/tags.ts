import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** A view of which entities bear which tag; its rows are never written. */
export const tags = defineEntity({
  name: 'tags',
  primary_key: ['tag'],
  endpoint_key: 'tag',
  db_export: false,
  fields: {
    tag: typedefs.tag(),
    entity_name: f.string({ required: true }),
    entity_id: typedefs.uuid({ required: true }),
  },
});

/** A row of {@link tags}. */
export type Tag = Stored<typeof tags>;
