/* What people say of what is known. */
#include "detect/baseline/priv.h"

enum ward_err ward_baseline_approve(struct ward_baseline *b, struct ward_id id, struct ward_str who,
	struct ward_str why, ward_ns time)
{
	for (size_t i = 0; i < b->n_key; i++) {
		struct ward_bl_key *k = b->key[i];

		if (k->state == WARD_BL_ODD && ward_id_eq(ward_bl_new_id(k), id)) {
			k->state = WARD_BL_APPROVED;
			return ward_bl_approval_set(b, &k->by, who, why, time);
		}
		for (size_t d = 0; d < b->profiles->p[k->profile].n_dim; d++)
			for (struct ward_bl_entry *en = k->dim[d].head; en; en = en->next)
				if (en->state == WARD_BL_ODD && ward_id_eq(en->id, id)) {
					enum ward_err err =
						ward_bl_entry_accept(b, k, d, en, WARD_BL_APPROVED);

					return err ? err
						   : ward_bl_approval_set(
							     b, &en->by, who, why, time);
				}
	}
	return WARD_ERR_NOT_FOUND;
}

struct which {
	const struct ward_baseline *b;
	struct ward_str profile, key;
};

static bool is_of(void *ctx, const struct ward_bl_key *k)
{
	const struct which *x = ctx;
	char text[WARD_BL_TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_bl_put_parts(&w, (struct ward_str){k->text, k->len});
	return ward_str_eq(x->b->profiles->p[k->profile].id, x->profile) &&
	       (!x->key.len || ward_str_eq(ward_wr_text(&w), x->key));
}

size_t ward_baseline_forget(struct ward_baseline *b, struct ward_str profile, struct ward_str key)
{
	struct which x = {b, profile, key};

	return ward_bl_keys_drop(b, is_of, &x);
}
