/* What is news about the inventory, as events for the rules: `asset.new`, `asset.changed`,
 * `asset.conflict`.
 *
 * A pure function of a view and of what was told before: an event's id is made of what it says, so
 * that said again it is the same event. Told ids are remembered (at most 2^20; then they are
 * forgotten and all is told once again, which changes nothing for those who know ids). A host that
 * is not the directory's is news only if it is of the house: it has a hardware address, or an IP
 * address that is private or of a network of the directory. Single-threaded. */
#ifndef WARD_MODEL_INVENTORY_CHANGE_H
#define WARD_MODEL_INVENTORY_CHANGE_H

#include "model/inventory/inventory.h"

struct ward_changes {
	const struct ward_inv_rules *rules; /* borrowed */
	const struct ward_model *model;     /* borrowed; or NULL */
	ward_ns until;                      /* news of a later time waits; WARD_NS_NEVER: none */
	struct ward_tab told;               /* ids */
	uint32_t source, class_new, class_changed, class_conflict;
	uint32_t f_attribute, f_value, f_before, f_confidence, f_rule, f_evidence, f_class;
};

void ward_changes_init(struct ward_changes *ch, const struct ward_inv_rules *rules,
	const struct ward_model *model, const struct ward_mem *mem);
void ward_changes_fini(struct ward_changes *ch);
/* The told ids as bytes (16 each, sorted), and back; MALFORMED, LIMIT, NOMEM: some may be in. */
void ward_changes_save(const struct ward_changes *ch, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_changes_load(struct ward_changes *ch, struct ward_slice bytes);
/* Tells what is news in a view at the time now. Events are the arena's; fn returns OK to go on.
 * NOMEM, what fn returned. */
WARD_MUST_CHECK enum ward_err ward_changes_tell(struct ward_changes *ch,
	const struct ward_candidate *c, size_t n, ward_ns now, struct ward_arena *arena,
	enum ward_err (*fn)(void *ctx, const struct ward_event *e), void *ctx);

#endif
