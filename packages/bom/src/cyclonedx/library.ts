/** The parts of the CycloneDX library that we extend. Browsers get its web build instead (`#cyclonedx-library`). @module */

// By subpath: the library's own entry would load its validators and file access as well, four times as slow.
import * as Models from '@cyclonedx/cyclonedx-library/Models'
import * as Serialize from '@cyclonedx/cyclonedx-library/Serialize'
import * as SPDX from '@cyclonedx/cyclonedx-library/SPDX'
import * as Spec from '@cyclonedx/cyclonedx-library/Spec'
import * as Enums from '@cyclonedx/cyclonedx-library/Enums'

export { Enums, Models, Serialize, SPDX, Spec }
