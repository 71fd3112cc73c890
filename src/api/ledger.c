/* What the notary signed last, for who answers for privacy and for auditors. */
#include "api/priv.h"

#include "comply/code.h"

void api_ledger_take(struct ward_api *a, const struct ward_store_row *row)
{
	struct ward_head h;

	if (ward_head_read(row->json, &h) || !ward_head_verify(&h)) {
		a->ledger.unread++;
		return;
	}
	if (h.what == WARD_HEAD_TREE)
		a->ledger.last = h;
	a->ledger.keys += h.what == WARD_HEAD_KEY;
	if (h.what == WARD_HEAD_BREAK) {
		a->ledger.breaks++;
		a->ledger.broken = row->time;
	}
}

static void put_hex(struct ward_json *j, const char *key, const uint8_t b[32])
{
	char hex[64];
	struct ward_wr w = ward_wr_fixed(hex, sizeof(hex));

	ward_wr_hex(&w, ward_slice_of(b, 32));
	ward_json_put_str(j, key, ward_wr_text(&w));
}

/* null: nothing was signed yet. */
void api_ledger_put(struct api_request *r)
{
	const struct ward_head *h = &r->a->ledger.last;
	char text[WARD_CODE_TEXT];
	struct ward_code code;

	if (!h->tree.is_signed || !r->scope.everywhere) {
		ward_json_put_null(&r->j, "ledger");
		return;
	}
	ward_json_key(&r->j, "ledger");
	ward_json_obj(&r->j);
	ward_json_put_u64(&r->j, "rows", r->a->row);
	ward_json_put_u64(&r->j, "signed", h->tree.n);
	ward_json_put_time_or_null(&r->j, "at", h->tree.time);
	put_hex(&r->j, "root", h->tree.root.b);
	put_hex(&r->j, "log", h->tree.log.b);
	put_hex(&r->j, "key", h->key);
	if (ward_code_of(&h->tree, &code)) {
		ward_json_put_null(&r->j, "code");
	} else {
		ward_code_text(&code, text);
		ward_json_put_str(&r->j, "code", ward_str_z(text));
	}
	ward_json_put_u64(&r->j, "keys", r->a->ledger.keys);
	ward_json_put_u64(&r->j, "unread", r->a->ledger.unread);
	if (r->a->ledger.breaks)
		ward_json_put_time_or_null(&r->j, "broken", r->a->ledger.broken);
	else
		ward_json_put_null(&r->j, "broken");
	ward_json_obj_end(&r->j);
}
