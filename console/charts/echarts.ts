import { LineChart } from 'echarts/charts'
import { AxisPointerComponent, GridComponent, MarkLineComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

// Loaded with the first chart; a chart that needs more registers it in its own file.
use([LineChart, GridComponent, AxisPointerComponent, MarkLineComponent, CanvasRenderer])

export { init }
