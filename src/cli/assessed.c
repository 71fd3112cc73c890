#include "cli/kept.h"
#include "cli/notice.h"

struct reading {
	struct ward_subject_book *book;
	enum ward_err err;
};

static void take(void *ctx, const struct ward_store_row *row)
{
	struct reading *r = ctx;

	if (row->kind == WARD_ROW_DECISION && row->json.p && !r->err)
		r->err = ward_subject_take_json(r->book, row->json);
}

int ward_cli_book(const struct ward_cmd *cmd, const char *state, struct ward_str hospital,
	struct ward_subject_book *book, struct ward_cli_kept *ret)
{
	struct reading r = {book, WARD_OK};
	int code = ward_cli_kept(cmd, state, hospital, take, &r, ret);

	return !code && r.err ? ward_cli_fail(cmd, "%s", ward_err_text(r.err)) : code;
}
