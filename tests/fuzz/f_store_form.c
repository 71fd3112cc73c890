/* A file that may be a store: which form it says, or that it is none; nothing else of it is read.
 */
#include "fuzz.h"

#include "base/fd.h"
#include "store/upgrade.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char path[] = "/tmp/ward-form-XXXXXX";
	int fd = mkstemp(path);
	uint64_t form = 0;

	WARD_ASSERT(fd >= 0 && ward_fd_write(fd, ward_slice_of(data, len)) && close(fd) == 0);
	enum ward_err err = ward_store_form_of(path, &form);

	WARD_ASSERT(unlink(path) == 0);
	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_FOREIGN);
	WARD_ASSERT((err == WARD_OK) == (form > 0) && form <= UINT32_MAX);
	return 0;
}
