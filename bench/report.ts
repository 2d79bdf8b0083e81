/** `npm run bench:report`: writes the last results into the documents and draws the chart. */
import { writeReport } from './lib/report.ts';
import { usualFolder } from './lib/results.ts';

writeReport(usualFolder);
