import { describeKerasCases } from './keras-cases.ts'

describeKerasCases('layers')
