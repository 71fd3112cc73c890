/* What was deleted and what is held, by the ledger's rows: for who answers for personal data. */
#include "api/priv.h"
#include "api/watched.h"

#include "comply/retained.h"

enum { SHOWN = 200 };

WARD_MUST_CHECK static struct ward_retained *kept(struct ward_api *a)
{
	if (!a->retained) {
		a->retained = ward_mem_alloc(a->o.mem, sizeof(*a->retained));
		if (a->retained)
			memset(a->retained, 0, sizeof(*a->retained));
	}
	return a->retained;
}

enum ward_err api_retained_take(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c)
{
	bool deletion = row->kind == WARD_ROW_DELETION;

	if (!deletion && (row->kind != WARD_ROW_DECISION ||
				 (!ward_str_eqz(api_word(c, "what"), "hold") &&
					 !ward_str_eqz(api_word(c, "what"), "release-hold"))))
		return WARD_OK;
	struct ward_retained *r = kept(a);

	if (!r)
		return WARD_ERR_NOMEM;
	if (deletion)
		ward_retained_deletion(r, row->row, row->time, c);
	else
		ward_retained_decision(r, row->row, row->id, row->time, c);
	return WARD_OK;
}

void api_retained_free(struct ward_api *a)
{
	ward_mem_free(a->o.mem, a->retained, sizeof(*a->retained));
}

void api_retention(struct api_request *r)
{
	static const struct ward_retained none;
	const struct ward_retained *is = r->a->retained ? r->a->retained : &none;

	ward_json_obj(&r->j);
	ward_retained_write(is, r->ask->now, r->scope.everywhere ? SHOWN : 0, &r->j);
	ward_json_put_u64(&r->j, "forgotten", is->n > SHOWN ? is->n - SHOWN : 0);
	ward_json_obj_end(&r->j);
}
