-- Recordings whose rows are not as many as were loaded: there should be none
select host, recording, what, expected, there
from (
    select host, recording, load, what, expected
    from recordings
    array join ['flows', 'figures', 'findings', 'episodes', 'bins', 'samples'] as what,
               [rows_flows, rows_figures, rows_findings, rows_episodes, rows_bins, rows_samples] as expected
    where isNotNull(expected)
) any left join (
    select load, 'flows' as what, count() as there from flows group by load union all
    select load, 'figures' as what, count() as there from figures group by load union all
    select load, 'findings' as what, count() as there from findings group by load union all
    select load, 'episodes' as what, count() as there from episodes group by load union all
    select load, 'bins' as what, count() as there from bins group by load union all
    select load, 'samples' as what, count() as there from samples group by load
) using load, what
where expected != there
order by host, recording, what
