#include "cli/inspector.h"

#include "cli/rules.h"
#include "model/model.h"

enum { OUT_MAX = 1 << 20 };

int ward_cli_inspector(const struct ward_cmd *cmd, const struct ward_cli_inspector *o,
	struct ward_limits *lim, struct ward_inspector **ret)
{
	const char *content = ward_cli_content(cmd, o->content);
	int rc = content ? WARD_EXIT_DONE : WARD_EXIT_RUN;
	struct ward_diag diag;

	if (!rc && o->hospital)
		rc = ward_cli_hospital(cmd, o->hospital);
	if (rc)
		return rc;
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), OUT_MAX);

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_inspect_in in = {content, o->hospital, lim, &diag, o->indicators};
	enum ward_err err =
		o->hospital ? ward_model_limits(o->hospital, ward_mem_heap(), &diag, lim) : WARD_OK;

	if (!err)
		err = ward_inspector_load(&in, ret);
	if (err)
		(void)ward_cli_report_in(
			cmd, err, "what files are looked at by", &diag, o->lang, &out);
	ward_diag_fini(&diag);
	ward_wr_fini(&out);
	return err ? WARD_EXIT_RUN : WARD_EXIT_DONE;
}
